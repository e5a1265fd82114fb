import type { Provider } from '@nestjs/common';
import { GuardedFields } from '../calls/guarded-fields.js';
import { Extensions } from '../extensions.js';
import { TrustedOrigins } from '../http/origins/trusted-origins.js';
import { ClientAddress } from '../http/request/client-address.js';
import { CredentialWatch } from '../live/credential-watch.js';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';
import { AcrLadder } from '../principal/acr-ladder.js';
import { Clock } from '../clock.js';
import { loadersFrom } from '../ports/loaders.js';
import { HostPorts } from '../ports/port.js';
import { GuardServices } from './guard-services.js';
import { OpenConnections } from './open-connections.js';
import { ProtectedRoutes } from './protected-routes.js';
import { ResourceMetadataRoutes } from './resource-metadata.routes.js';
import { NO_TERMS, ROUTE_TERMS, type RouteTerms } from './route-terms.js';

/** What the guard needs, of an application that has everything. */
const guardServices: Provider = {
  provide: GuardServices,
  useFactory: (
    extensions: Extensions,
    ports: HostPorts,
    { issuerUrl }: CoreSettings,
    watch: CredentialWatch,
    origins: TrustedOrigins,
    addresses: ClientAddress,
    ladder: AcrLadder,
    clock: Clock,
    terms: RouteTerms,
  ) => {
    const connections = new OpenConnections(watch, origins, addresses);
    return new GuardServices(extensions, loadersFrom(ports), issuerUrl.host, {
      connections,
      terms,
      judge: { ladder, now: () => clock.now() },
    });
  },
  inject: [
    Extensions,
    HostPorts,
    CORE_SETTINGS,
    CredentialWatch,
    TrustedOrigins,
    ClientAddress,
    AcrLadder,
    Clock,
    ROUTE_TERMS,
  ],
};

export const guardProviders: Provider[] = [
  guardServices,
  {
    provide: ROUTE_TERMS,
    useFactory: ({ resources, impliedScopes }: CoreSettings): RouteTerms => ({ ...NO_TERMS, resources, impliedScopes }),
    inject: [CORE_SETTINGS],
  },
  ProtectedRoutes,
  ResourceMetadataRoutes,
  GuardedFields,
];
