import type { VerifiedCredential } from '../cache/credential-cache.js';
import { tag } from '../cache/tags.js';
import { principalOfClaims } from './principal-of-claims.js';
import { isIssuer } from './tenant-issuer.js';
import { TrustedIssuer, type VerifierContext } from './trusted-issuer.js';
import type { TrustedIssuerSettings } from './trusted-issuer.options.js';

/** JWT access tokens of the outside issuers of one list. */
export class OutsideTokens {
  private readonly issuers: ReadonlyMap<string, TrustedIssuer>;

  constructor(
    list: readonly TrustedIssuerSettings[],
    private readonly context: VerifierContext,
  ) {
    this.issuers = new Map(list.map((settings) => [settings.issuer, new TrustedIssuer(settings, context)]));
  }

  /** @param iss unproven: it only selects the keys to try */
  find(iss: string): TrustedIssuer | undefined {
    const exact = this.issuers.get(iss);
    if (exact) return exact;
    for (const [issuer, one] of this.issuers) if (isIssuer(issuer, iss)) return one;
    return undefined;
  }

  /**
   * @returns undefined when no issuer of the list has this `iss`
   * @throws AuthError 401 with the reason in `detail`; 503 when the issuer's keys are not available
   */
  verify(iss: string, token: string): Promise<VerifiedCredential> | undefined {
    const issuer = this.find(iss);
    return issuer && this.credentialOf(issuer, iss, token);
  }

  private async credentialOf(issuer: TrustedIssuer, iss: string, token: string): Promise<VerifiedCredential> {
    const claims = await issuer.verify(token, iss);
    const principal = principalOfClaims(claims, issuer.settings, 'external_jwt');
    const remainingMilliseconds = principal.expiresAt!.getTime() - this.context.clock.now().getTime();
    return { principal, tags: [tag('subject', principal.subjectId)], remainingMilliseconds };
  }
}
