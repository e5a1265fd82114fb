import type { Provider } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { GlobalGuardNotice } from '../guards/global-guard-notice.js';
import { AuthErrorFilter } from '../http/edge/auth-error.filter.js';
import { ClientAddress } from '../http/request/client-address.js';
import type { GuardedRequest } from '../http/request/request-context.js';
import { TRANSPORTS_SETTINGS, type TransportsSettings } from '../options/transport-options.js';
import { MessageEdge } from './message-edge.js';

/** What stands before the handlers of microservices. Without any, they do nothing. */
export const messageProviders: Provider[] = [
  {
    provide: MessageEdge,
    useFactory: (
      modules: ModulesContainer,
      config: ApplicationConfig,
      filter: AuthErrorFilter,
      transports?: TransportsSettings,
      addresses?: ClientAddress,
    ) => {
      // Nest builds the handlers as soon as a microservice is connected: before `configure`, which a microservice alone never calls.
      config.useGlobalFilters(filter);
      const { credentialField = null } = transports?.rpc ?? {};
      const address = (request: GuardedRequest) => addresses?.of(request) ?? request.socket?.remoteAddress ?? null;
      return new MessageEdge(modules, { credentialField, address });
    },
    inject: [
      ModulesContainer,
      ApplicationConfig,
      AuthErrorFilter,
      { token: TRANSPORTS_SETTINGS, optional: true },
      { token: ClientAddress, optional: true },
    ],
  },
  {
    provide: GlobalGuardNotice,
    useFactory: (config: ApplicationConfig, modules: ModulesContainer) => new GlobalGuardNotice(config, modules),
    inject: [ApplicationConfig, ModulesContainer],
  },
];
