import type { Provider } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { GlobalGuardNotice } from '../guards/global-guard-notice.js';
import { AuthErrorFilter } from '../http/edge/auth-error.filter.js';
import { ClientAddress } from '../http/request/client-address.js';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';
import { MessageEdge } from './message-edge.js';

/** What stands before the handlers of microservices. Without any, they do nothing. */
export const messageProviders: Provider[] = [
  {
    provide: MessageEdge,
    useFactory: (
      modules: ModulesContainer,
      { transports }: CoreSettings,
      addresses: ClientAddress,
      config: ApplicationConfig,
      filter: AuthErrorFilter,
    ) => {
      // Nest builds the handlers as soon as a microservice is connected: before `configure`, which a microservice alone never calls.
      config.useGlobalFilters(filter);
      return new MessageEdge(modules, { ...transports.rpc, address: (request) => addresses.of(request) });
    },
    inject: [ModulesContainer, CORE_SETTINGS, ClientAddress, ApplicationConfig, AuthErrorFilter],
  },
  {
    provide: GlobalGuardNotice,
    useFactory: (config: ApplicationConfig, modules: ModulesContainer) => new GlobalGuardNotice(config, modules),
    inject: [ApplicationConfig, ModulesContainer],
  },
];
