import { Module, type DynamicModule } from '@nestjs/common';
import { AuthGuard } from '../common/guards/auth.guard.js';
import { GuardServices } from '../common/guards/guard-services.js';
import { ContextEdge } from '../common/http/edge/context-edge.js';
import { AuthErrorFilter } from '../common/http/edge/auth-error.filter.js';
import { AuthContext } from '../common/ports/auth-context.js';
import { HostPorts } from '../common/ports/port.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import { ActingServices } from './acting.services.js';

/** The issuer of an application in a test that names none. */
const TEST_ISSUER = 'https://auth.test';
const NOBODY = { user: async () => null, client: async () => null };

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
    const services = new ActingServices({ authenticators: [] }, NOBODY, given.issuer ?? TEST_ISSUER);
    services.act(given.principal ?? null);
    const exported = [{ provide: GuardServices, useValue: services }, AuthGuard, AuthErrorFilter, AuthContext];
    return {
      module: AuthTestingModule,
      global: true,
      providers: [...exported, HostPorts, ContextEdge],
      exports: exported,
    };
  }
}
