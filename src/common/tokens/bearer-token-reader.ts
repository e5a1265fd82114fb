import type { AuthPrincipal } from '../principal/auth-principal.js';

/** Resolves one kind of token under the bearer scheme. Kinds are distinguished by their shape, never by trying each reader. */
export interface BearerTokenReader {
  /** `session`, `access_token`, `jwt`. */
  readonly credentialType: string;
  matches(token: string): boolean;
  /** The principal of a token that is in memory; undefined: call `read`. */
  recall?(token: string): AuthPrincipal | undefined;
  /** @returns null when the token is unknown, expired or revoked */
  read(token: string): Promise<AuthPrincipal | null>;
}
