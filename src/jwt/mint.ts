import type { INestApplicationContext } from '@nestjs/common';
import { providerOf } from '../common/provider-of.js';

/**
 * Makes the JWT of a session, as `GET /token` gives it; needs `jwt`.
 * @param given `session`: the token of a live session; `audience`: one of `jwt.audiences`, default this server
 *
 * @example
 * const { token } = await mintSession(app, { userId, scopes: ['reports:read'] });
 * const jwt = await mintJwt(app, { session: token });
 */
export async function mintJwt(
  app: INestApplicationContext,
  { session, audience }: { readonly session: string; readonly audience?: string },
): Promise<string> {
  const { JwtIssuer } = await import('./jwt.issuer.js');
  const { Extensions } = await import('../common/extensions.js');
  const bearer = providerOf(app, Extensions).authenticators.find(({ scheme }) => scheme === 'bearer')!;
  const principal = await bearer.authenticate(session, { headers: {}, address: () => null });
  const issued = await providerOf(app, JwtIssuer).issue(principal, audience === undefined ? {} : { audience });
  return issued.token;
}
