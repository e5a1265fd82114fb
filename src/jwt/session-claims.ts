import type { VerifiedClaims } from '../common/keys/jwt.codec.js';
import type { JwtSettings } from './jwt.options.js';

/** Whether a JWT of ours was made from a session. Only we set these claims. A client's token always has `azp`, whatever the client's id is. */
export function isOfSession(claims: VerifiedClaims, { clientId }: Pick<JwtSettings, 'clientId'>): boolean {
  return claims['client_id'] === clientId && claims['azp'] === undefined;
}
