import { jwtVerify } from 'jose';
import type { Clock } from '../clock.js';
import { AuthError } from '../errors/auth-error.js';
import type { GuardedFetch } from '../outbound/guarded-fetch.js';
import { checkClaims } from './check-claims.js';
import type { TokenClaims } from './claim-path.js';
import { issuerKeySet, type IssuerKeySet } from './issuer-key-set.js';
import { isIssuer, isOfTenants } from './tenant-issuer.js';
import type { TrustedIssuerSettings } from './trusted-issuer.options.js';

/** What the issuers of one list have in common. */
export interface VerifierContext {
  readonly outbound: GuardedFetch;
  readonly clock: Clock;
  /** Tolerated clock skew. */
  readonly leewaySeconds: number;
}

/** Verifies JWTs of one outside issuer, above all its access tokens (RFC 9068 4, RFC 8725). */
export class TrustedIssuer {
  private readonly keys: IssuerKeySet;

  constructor(
    readonly settings: TrustedIssuerSettings,
    private readonly context: VerifierContext,
  ) {
    this.keys = issuerKeySet(settings, context.outbound);
  }

  /**
   * An access token of it.
   * @param iss as the token claims it; the signature then proves it
   * @throws AuthError 401 with the reason in `detail`; 503 when the issuer's keys are not available
   */
  async verify(token: string, iss: string): Promise<TokenClaims> {
    const claims = await this.prove(token, iss);
    checkClaims(claims, this.settings);
    return claims;
  }

  /**
   * A JWT of it, whatever it is for: signature, issuer, `typ` and times are right, and the caller checks the rest.
   * @throws AuthError as `verify`
   */
  async prove(token: string, iss: string): Promise<TokenClaims> {
    const { algorithms, type } = this.settings;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.keys.keyOf, {
        issuer: iss,
        algorithms: [...algorithms],
        ...(type !== null && { typ: type }),
        requiredClaims: ['iss', 'exp', 'sub'],
        clockTolerance: this.context.leewaySeconds,
        currentDate: this.context.clock.now(),
      });
      this.requireOwnKey(protectedHeader.kid, iss);
      return payload;
    } catch (error) {
      if (error instanceof AuthError) throw error;
      // Also what is no JOSEError: a key of the issuer that cannot be used, since it is malformed or too short.
      const why = error instanceof Error ? error.message : String(error);
      throw AuthError.invalidToken(`JWT of ${this.settings.issuer}: ${why}`);
    }
  }

  /** A key set of many tenants has keys that are good for one of them alone. */
  private requireOwnKey(kid: string | undefined, iss: string): void {
    if (!isOfTenants(this.settings.issuer)) return;
    const other = this.keys.issuersOf(kid).find((owner) => !isIssuer(owner, iss));
    if (other !== undefined) throw AuthError.invalidToken(`JWT: its key is one of ${other}`);
  }
}
