import type { TokenClaims } from '../common/issuers/claim-path.js';
import type { TrustedIssuerSettings } from '../common/issuers/trusted-issuer.options.js';

/** A token that its issuer has vouched for, by signature or by introspection. */
export interface VerifiedClaims {
  /** With the `iss` that was proven. */
  readonly claims: TokenClaims;
  readonly issuer: TrustedIssuerSettings;
  /** What the principal calls it: `external_jwt`, `external_token`. */
  readonly type: string;
  /** How long the token may be served from memory at most. */
  readonly maxCacheSeconds: number;
}
