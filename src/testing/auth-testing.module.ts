import { Module, type DynamicModule } from '@nestjs/common';
import { GuardsModule } from '../common/guards.module.js';
import { NO_TERMS, ROUTE_TERMS, type RouteTerms } from '../common/guards/route-terms.js';
import { OpenConnections } from '../common/guards/open-connections.js';
import { CredentialWatch } from '../common/live/credential-watch.js';
import type { AuthCoreOptions } from '../common/options/core-options.js';
import { impliedScopesOf } from '../common/principal/implied-scopes.js';
import { RESOURCE_FACTS, type ResourceFacts } from '../common/resources/resource-metadata.js';
import { resolveResources } from '../common/resources/resources.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import { ActingServices, NOBODY, TEST_ISSUER } from './acting.services.js';

export type AuthTestingOptions = Pick<AuthCoreOptions, 'resources' | 'impliedScopes'> & {
  readonly principal?: AuthPrincipal;
  readonly issuer?: string;
};

const NO_FACTS: ResourceFacts = { authorizationServers: [], dpopAlgorithms: [], takesCertificates: false };
const WATCH_MILLISECONDS = 5_000;

/**
 * Stands in for `AuthModule` in tests of single controllers, resolvers and gateways: guards, decorators and errors are the real ones, and there is no
 * database. Nobody has a credential here; `actingAs` says who calls.
 *
 * @example
 * const moduleRef = await Test.createTestingModule({
 *   imports: [AuthTestingModule.forRoot({ principal: mockPrincipal({ user: 'ann' }) })],
 *   controllers: [ReportsController],
 * }).compile();
 */
@Module({})
export class AuthTestingModule {
  /**
   * @param given `principal`: who calls until `actingAs` says otherwise. Default: nobody. `issuer`: of this server's tokens. `resources` and
   * `impliedScopes`: as in the options of the application
   */
  static forRoot(given: AuthTestingOptions = {}): DynamicModule {
    const issuer = given.issuer ?? TEST_ISSUER;
    const terms: RouteTerms = {
      ...NO_TERMS,
      resources: resolveResources(given.resources ?? [], issuer),
      impliedScopes: impliedScopesOf('impliedScopes', given.impliedScopes ?? {}),
    };
    const watch = new CredentialWatch({ recordOf: () => undefined }, null, WATCH_MILLISECONDS);
    const connections = new OpenConnections(watch);
    const services = new ActingServices({ authenticators: [] }, NOBODY, issuer, { connections, terms });
    services.act(given.principal ?? null);
    const guards = GuardsModule.with({
      providers: [
        { provide: CredentialWatch, useValue: watch },
        { provide: ROUTE_TERMS, useValue: terms },
        { provide: RESOURCE_FACTS, useValue: { ...NO_FACTS, authorizationServers: [issuer] } },
      ],
      services: { useFactory: () => services },
    });
    return { module: AuthTestingModule, imports: [guards] };
  }
}
