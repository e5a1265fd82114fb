import type { VerifiedClaims } from '../keys/jwt.codec.js';

/** The claim of {@link OwnJwt}: the epoch of its client's subject. No other token has it, and nobody but the server can set it. */
export const CLIENT_EPOCH = 'client_epoch';

/** A client's own access token that is a JWT. It has no row: it ends with the epoch of its client, or by its `jti` (ADR 15). */
export interface OwnJwt {
  readonly jti: string;
  readonly clientId: string;
  readonly epoch: number;
  /** Seconds since 1970. */
  readonly exp: number;
}

/** @returns null when the token has a row, or belongs to a session */
export function ownJwtOf({ jti, sub, exp, client_id: clientId, [CLIENT_EPOCH]: epoch }: VerifiedClaims): OwnJwt | null {
  const isOwn = typeof epoch === 'number' && clientId === sub;
  return isOwn ? { jti, clientId: sub, epoch, exp } : null;
}
