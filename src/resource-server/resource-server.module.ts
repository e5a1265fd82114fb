import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { AuthCaches } from '../common/cache/auth-caches.js';
import { CredentialCache } from '../common/cache/credential-cache.js';
import { Clock } from '../common/clock.js';
import { GuardsModule } from '../common/guards.module.js';
import { BearerAuthenticator } from '../common/guards/bearer.authenticator.js';
import { DpopProofs } from '../common/dpop/dpop-proofs.js';
import type { DpopSettings } from '../common/dpop/dpop.options.js';
import { LocalReplays } from '../common/dpop/proof-replays.js';
import { pathOf, type ConstraintServices } from '../common/guards/sender-constraint.js';
import { GuardServices } from '../common/guards/guard-services.js';
import { OpenConnections } from '../common/guards/open-connections.js';
import { ClientAddress } from '../common/http/request/client-address.js';
import { ClientCertificates } from '../common/http/request/client-certificates.js';
import { CredentialWatch } from '../common/live/credential-watch.js';
import { TRANSPORTS_SETTINGS } from '../common/options/transport-options.js';
import { GuardedFetch } from '../common/outbound/guarded-fetch.js';
import type { PrincipalLoaders } from '../common/ports/loaders.js';
import type { HostUser } from '../common/ports/user-directory.js';
import { discoveryAddresses } from '../common/issuers/issuer-key-set.js';
import { isOfTenants } from '../common/issuers/tenant-issuer.js';
import { RESOURCE_FACTS, type ResourceFacts } from '../common/resources/resource-metadata.js';
import { ROUTE_TERMS, type RouteTerms } from '../common/guards/route-terms.js';
import { ConfigurableModuleClass, RESOURCE_SERVER } from './resource-server.module-definition.js';
import {
  resolveResourceServerOptions,
  type ResourceServerOptions,
  type ResourceServerSettings,
} from './resource-server.options.js';
import { ResourceTokenReader } from './resource-token.reader.js';

/** Applications that have this module. */
const served = new WeakSet<ApplicationConfig>();
const SETTINGS = Symbol('nest-authority:resource-server-settings');

const providers: Provider[] = [
  { provide: SETTINGS, useFactory: resolveResourceServerOptions, inject: [RESOURCE_SERVER] },
  AuthCaches,
  Clock,
  {
    provide: GuardedFetch,
    useFactory: (settings: ResourceServerSettings) => new GuardedFetch(settings),
    inject: [SETTINGS],
  },
  {
    provide: CredentialCache,
    useFactory: ({ issuers, cacheTtlSeconds, cacheSize }: ResourceServerSettings, caches: AuthCaches) => {
      // Each token says how long it may be kept at most: JWTs and answers about opaque tokens have settings of their own.
      const longest = Math.max(cacheTtlSeconds, ...issuers.map((one) => one.introspection?.cacheTtlSeconds ?? 0));
      const cache = new CredentialCache(longest * 1000, cacheSize);
      caches.add('credentials', cache);
      return cache;
    },
    inject: [SETTINGS, AuthCaches],
  },
  // Nothing tells that a token was revoked: what keeps a connection open is verified again as often as requests would be.
  {
    provide: CredentialWatch,
    useFactory: (cache: CredentialCache, { cacheTtlSeconds }: ResourceServerSettings) =>
      new CredentialWatch(cache, null, cacheTtlSeconds * 1000),
    inject: [CredentialCache, SETTINGS],
  },
  // The addresses of clients decide nothing here: which peers are proxies only says whose header is believed.
  {
    provide: ClientCertificates,
    useFactory: ({ mtls, trustProxy }: ResourceServerSettings, clock: Clock) =>
      new ClientCertificates(mtls, new ClientAddress(trustProxy), clock),
    inject: [SETTINGS, Clock],
  },
  {
    provide: TRANSPORTS_SETTINGS,
    useFactory: ({ transports }: ResourceServerSettings) => transports,
    inject: [SETTINGS],
  },
  { provide: ROUTE_TERMS, useFactory: termsOf, inject: [SETTINGS] },
  { provide: RESOURCE_FACTS, useFactory: factsOf, inject: [SETTINGS] },
  {
    provide: ResourceTokenReader,
    useFactory: (settings: ResourceServerSettings, cache: CredentialCache, outbound: GuardedFetch, clock: Clock) =>
      new ResourceTokenReader(settings, cache, { outbound, clock, leewaySeconds: settings.clockToleranceSeconds }),
    inject: [SETTINGS, CredentialCache, GuardedFetch, Clock],
  },
];

/**
 * A server that verifies access tokens of others and keeps nothing: no database, no accounts, no routes of ours. The same guard, decorators and
 * answers as with AuthModule, and not beside it.
 *
 * @example
 * const imports = [
 *   ResourceServerModule.forRoot({
 *     issuers: [{ issuer: 'https://login.example.com/realms/shop', type: 'JWT', claims: { typ: 'Bearer' } }],
 *     audience: 'https://api.example.com',
 *     roles: 'realm_access.roles',
 *   }),
 * ];
 */
@Module({})
export class ResourceServerModule extends ConfigurableModuleClass {
  /** @throws Error when it is imported again, since its guard is one for all modules; stops the boot */
  constructor(config: ApplicationConfig) {
    super();
    if (served.has(config))
      throw new Error(
        'ResourceServerModule is imported twice. There is one guard for all modules: call forRoot() once, list all issuers there, and narrow routes by @BearerAuth({ issuer }).',
      );
    served.add(config);
  }

  static override forRoot(options: ResourceServerOptions): DynamicModule {
    return build(super.forRoot(options));
  }

  static override forRootAsync(options: Parameters<typeof ConfigurableModuleClass.forRootAsync>[0]): DynamicModule {
    return build(super.forRootAsync(options));
  }
}

function build({ module, imports = [], providers: given = [] }: DynamicModule): DynamicModule {
  const guards = GuardsModule.with({
    imports,
    providers: [...given, ...providers],
    exports: [AuthCaches],
    services: { useFactory: servicesOf, inject: [ResourceTokenReader, SETTINGS, CredentialWatch, Clock, ROUTE_TERMS] },
  });
  return { module, imports: [guards] };
}

function servicesOf(
  reader: ResourceTokenReader,
  { loadUser, realm, issuers, dpop }: ResourceServerSettings,
  watch: CredentialWatch,
  clock: Clock,
  terms: RouteTerms,
): GuardServices {
  const connections = new OpenConnections(watch);
  const bearer = new BearerAuthenticator(
    { bearerReaders: [reader] },
    null,
    realm,
    constraintOf(dpop, clock),
    terms.resources,
  );
  // Whose keys are given has no document that we know of.
  const discovery = issuers.flatMap((one) => (one.jwks || one.jwksUri ? [] : [discoveryAddresses(one)[0]]));
  return new GuardServices({ authenticators: [bearer] }, loadersOf(loadUser), realm, { connections, discovery, terms });
}

function termsOf({ resources, impliedScopes }: ResourceServerSettings): RouteTerms {
  const [only, another] = resources.all;
  return { resources, impliedScopes, everyRouteOf: only && !another ? only : null };
}

/** An issuer of many tenants has no address that a document could name. */
function factsOf({ issuers, dpop, mtls }: ResourceServerSettings): ResourceFacts {
  return {
    authorizationServers: issuers.map(({ issuer }) => issuer).filter((one) => !isOfTenants(one)),
    dpopAlgorithms: dpop.origins.length === 0 ? [] : [...dpop.algorithms],
    takesCertificates: mtls !== null,
  };
}

function constraintOf(dpop: DpopSettings, clock: Clock): ConstraintServices {
  const { origins } = dpop;
  return {
    // Without an origin no address of ours is known that a proof could be for.
    proofs: origins.length === 0 ? null : new DpopProofs(dpop, null, clock),
    replays: new LocalReplays(),
    addressesOf: (request) => origins.map((origin) => origin + pathOf(request)),
  };
}

function loadersOf(loadUser: ResourceServerSettings['loadUser']): PrincipalLoaders {
  return {
    // What it returns is the host's own, and nobody but the host's code reads it.
    user: async (principal) => ((await loadUser?.(principal)) ?? null) as HostUser | null,
    client: async () => null,
  };
}
