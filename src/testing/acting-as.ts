import type { INestApplicationContext } from '@nestjs/common';
import { GuardServices } from '../common/guards/guard-services.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import { ActingServices } from './acting.services.js';

/**
 * From now on every request, message and event comes from this principal, whatever credential it brings, and is let in or refused as if its
 * credential had been presented: by scheme, scopes, roles, permissions, audience. `null`: from nobody.
 * @param app an application with `AuthTestingModule`, or one whose builder went through `overrideAuth`
 * @returns makes whoever acted before act again
 * @throws Error when the application is neither
 *
 * @example
 * const stop = actingAs(app, mockPrincipal({ user: 'ann', scopes: ['reports:read'] }));
 * // requests, e.g. by supertest: request(app.getHttpServer()).get('/reports').expect(200)
 * stop();
 */
export function actingAs(app: INestApplicationContext, principal: AuthPrincipal | null): () => void {
  const services = app.get(GuardServices, { strict: false });
  if (services instanceof ActingServices) return services.act(principal);
  throw new Error(
    'actingAs: this application verifies real credentials. Import AuthTestingModule.forRoot() in the testing module, or pass its builder through overrideAuth().',
  );
}
