import { Module, type DynamicModule } from '@nestjs/common';
import { GuardsModule } from '../common/guards.module.js';
import { OpenConnections } from '../common/guards/open-connections.js';
import { CredentialWatch } from '../common/live/credential-watch.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import { ActingServices, NOBODY, TEST_ISSUER } from './acting.services.js';

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
  /** @param given `principal`: who calls until `actingAs` says otherwise. Default: nobody. `issuer`: of this server's tokens */
  static forRoot(given: { readonly principal?: AuthPrincipal; readonly issuer?: string } = {}): DynamicModule {
    const watch = new CredentialWatch({ recordOf: () => undefined }, null, WATCH_MILLISECONDS);
    const connections = new OpenConnections(watch);
    const services = new ActingServices({ authenticators: [] }, NOBODY, given.issuer ?? TEST_ISSUER, connections);
    services.act(given.principal ?? null);
    const guards = GuardsModule.with({
      providers: [{ provide: CredentialWatch, useValue: watch }],
      services: { useFactory: () => services },
    });
    return { module: AuthTestingModule, imports: [guards] };
  }
}
