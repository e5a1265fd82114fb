import { Inject, Injectable } from '@nestjs/common';
import { decodeProtectedHeader } from 'jose';
import { Clock } from '../../../common/clock.js';
import { AuthError } from '../../../common/errors/auth-error.js';
import { claimedIssuer } from '../../../common/issuers/claimed-issuer.js';
import type { TokenClaims } from '../../../common/issuers/claim-path.js';
import { isTime } from '../../../common/issuers/principal-of-claims.js';
import { TrustedIssuer } from '../../../common/issuers/trusted-issuer.js';
import { GuardedFetch } from '../../../common/outbound/guarded-fetch.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../../oauth-provider.settings.js';
import { isOfIdentity } from '../metadata/federated-identities.js';
import type { RegisteredClient } from '../metadata/registered-client.js';
import { ASSERTION_TYPES, LEEWAY_SECONDS, MAX_ASSERTION_LENGTH } from './client-assertion.verifier.js';

/** Who has proven to be a client. */
export interface Workload {
  readonly issuer: string;
  readonly subject: string;
}

/**
 * Verifies tokens of platforms by which workloads authenticate as a client (RFC 7523 2.2, 3; T197 to T200). Their `sub` is not the client, so
 * the request names it, and administration has said which workloads are it. They are good until they expire, not once: a platform writes one
 * into a file and renews it now and then.
 */
@Injectable()
export class WorkloadAssertionVerifier {
  private readonly issuers: ReadonlyMap<string, TrustedIssuer>;

  constructor(
    outbound: GuardedFetch,
    private readonly clock: Clock,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {
    const context = { outbound, clock, leewaySeconds: LEEWAY_SECONDS };
    const issuers = [...settings.workloadIssuers];
    this.issuers = new Map(issuers.map(([name, { trusted }]) => [name, new TrustedIssuer(trusted, context)]));
  }

  /** Whether it is to be taken for a token of a platform: the client has workloads, and it does not say that it is of the client itself. */
  isMeant(assertion: string, { clientId, rules }: RegisteredClient): boolean {
    return rules.federatedIdentities.length > 0 && claimedIssuer(assertion) !== clientId;
  }

  /**
   * @param audiences names of this server; the token may name no others
   * @throws AuthError 401 `invalid_client`, whose detail is the fault; 503 when the issuer's keys are not available
   */
  async verify(assertion: string, { rules }: RegisteredClient, audiences: readonly string[]): Promise<Workload> {
    const issuer = claimedIssuer(assertion);
    const identities = rules.federatedIdentities.filter((one) => one.issuer === issuer);
    const trusted = issuer === undefined ? undefined : this.issuers.get(issuer);
    // Before anything is fetched: strangers choose no issuer.
    if (identities.length === 0 || !trusted) throw refused('none of its workloads is of this issuer');
    const claims = await this.proven(assertion, trusted);
    if (!identities.some((identity) => isOfIdentity(claims, identity, audiences)))
      throw refused(`sub ${JSON.stringify(claims['sub'])}, aud or another claim is of none of its workloads`);
    return { issuer: issuer!, subject: claims['sub'] as string };
  }

  private async proven(assertion: string, trusted: TrustedIssuer): Promise<TokenClaims> {
    const { issuer } = trusted.settings;
    if (assertion.length > MAX_ASSERTION_LENGTH) throw refused('too long');
    if (!ASSERTION_TYPES.has(typeOf(assertion))) throw refused('typ is that of another kind of JWT');
    const claims = await trusted.prove(assertion, issuer).catch((error: unknown) => {
      throw error instanceof AuthError && error.status === 401 ? refused(error.detail ?? '') : error;
    });
    const fault = this.timeFault(claims, this.settings.workloadIssuers.get(issuer)!.maxLifetimeSeconds);
    if (fault !== null) throw refused(fault);
    return claims;
  }

  /** What jose does not check: that has compared `exp` and `nbf` with now. */
  private timeFault({ exp, iat }: TokenClaims, maxSeconds: number): string | null {
    if (!isTime(exp) || !isTime(iat)) return 'exp or iat is no time';
    if (iat > this.clock.epochSeconds() + LEEWAY_SECONDS) return 'iat is in the future';
    return exp - iat > maxSeconds ? `it is good for more than ${maxSeconds} seconds` : null;
  }
}

function typeOf(assertion: string): string | undefined {
  try {
    return decodeProtectedHeader(assertion).typ;
  } catch {
    throw refused('its header cannot be read');
  }
}

function refused(fault: string): AuthError {
  return AuthError.invalidClient(`workload: ${fault}`);
}
