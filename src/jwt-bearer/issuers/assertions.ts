import { Inject, Injectable } from '@nestjs/common';
import { decodeProtectedHeader } from 'jose';
import { Clock } from '../../common/clock.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { oauthPaths } from '../../common/http/routes/oauth-endpoint.decorator.js';
import type { TokenClaims } from '../../common/issuers/claim-path.js';
import { claimedIssuer } from '../../common/issuers/claimed-issuer.js';
import { foreignActor } from '../../common/issuers/principal-of-claims.js';
import { TrustedIssuer } from '../../common/issuers/trusted-issuer.js';
import { MAX_JWT_LENGTH } from '../../common/keys/jwt.codec.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import { GuardedFetch } from '../../common/outbound/guarded-fetch.js';
import type { Client } from '../../common/ports/authorization-server.js';
import type { ForeignAccount } from '../../common/ports/linked-accounts.js';
import type { SenderProof } from '../../common/ports/sender-proof.js';
import { actClaim, type ActClaim } from '../../common/principal/actor.js';
import { isSameConfirmation, readConfirmation } from '../../common/principal/confirmation.js';
import type { SingleUseJwt } from '../../common/tokens/spent-jwt.store.js';
import { JWT_BEARER_SETTINGS, type JwtBearerSettings } from '../jwt-bearer.options.js';
import { faultOfClaims, faultOfHeader, LEEWAY_SECONDS } from './assertion-claims.js';
import type { AssertionIssuerSettings } from './assertion-issuer.options.js';

/** An assertion that is proven, and not spent yet. */
export interface Assertion {
  readonly issuer: AssertionIssuerSettings;
  readonly claims: TokenClaims;
  /** Whom it is about, there. */
  readonly account: ForeignAccount;
  readonly actor: ActClaim | null;
  /** Null: it may be used again. */
  readonly once: SingleUseJwt | null;
  /** Until nobody would take it any more. */
  readonly remainingSeconds: number;
}

/** Verifies assertions of trusted issuers (RFC 7523 3, ID-JAG 4.4.1). Writes nothing. */
@Injectable()
export class Assertions {
  private readonly verifiers: ReadonlyMap<string, TrustedIssuer>;

  constructor(
    outbound: GuardedFetch,
    private readonly clock: Clock,
    private readonly routes: AuthRoutes,
    @Inject(CORE_SETTINGS) private readonly core: CoreSettings,
    @Inject(JWT_BEARER_SETTINGS) private readonly settings: JwtBearerSettings,
  ) {
    const context = { outbound, clock, leewaySeconds: LEEWAY_SECONDS };
    const issuers = [...settings.issuers.values()];
    this.verifiers = new Map(issuers.map(({ issuer, trusted }) => [issuer, new TrustedIssuer(trusted, context)]));
  }

  /**
   * @param sender an assertion may be bound to what it proves
   * @throws AuthError 400 `invalid_grant`, whose detail is the fault, never the assertion
   */
  async verify(text: string, client: Client, sender: SenderProof): Promise<Assertion> {
    try {
      return await this.proven(text, client, sender);
    } catch (error) {
      if (error instanceof AuthError && error.error === 'invalid_grant') throw error;
      // Also a key set that cannot be fetched: whoever sends assertions must not make errors of ours by them (as with those of clients).
      const why = error instanceof AuthError ? error.detail : error instanceof Error ? error.message : String(error);
      throw refused(why ?? 'malformed');
    }
  }

  private async proven(text: string, client: Client, sender: SenderProof): Promise<Assertion> {
    if (text.length > MAX_JWT_LENGTH) throw refused('too long');
    const iss = claimedIssuer(text);
    const issuer = iss === undefined ? undefined : this.settings.issuers.get(iss);
    if (!issuer) throw refused('its issuer is not trusted');
    if (!mayPresent(client, issuer)) throw refused(`client ${JSON.stringify(client.clientId)} may not present it`);
    // Before the signature, so that what is made for something else costs no keys.
    requireNone(faultOfHeader({ ...decodeProtectedHeader(text) }, issuer));
    const claims = await this.verifiers.get(issuer.issuer)!.prove(text, issuer.issuer);
    const now = this.clock.epochSeconds();
    requireNone(
      faultOfClaims(claims, {
        ...{ issuer, now, clientId: client.clientId, ownIssuer: this.core.issuer },
        endpoints: oauthPaths('token').map((path) => this.routes.urlOf(`/${path}`, 'POST')),
      }),
    );
    requireKey(claims['cnf'], sender);
    const remainingSeconds = Math.max(1, (claims['exp'] as number) + LEEWAY_SECONDS - now);
    return {
      issuer,
      claims,
      account: accountOf(claims, issuer),
      actor: actorOf(claims, issuer),
      once: onceOf(claims, issuer),
      remainingSeconds,
    };
  }
}

/** Being named by an issuer gives a client the grant; otherwise it must have it (RFC 7521 4.1). */
export function mayPresent(client: Client, { clients }: AssertionIssuerSettings): boolean {
  return clients === null || clients.has(client.clientId);
}

/** ID-JAG 6: in an issuer of many tenants, `sub` is unique within its tenant alone. An issuer has no fragment of its own. */
function accountOf({ sub, tenant }: TokenClaims, { issuer }: AssertionIssuerSettings): ForeignAccount {
  const within = tenant === undefined ? issuer : `${issuer}#${encodeURIComponent(tenant as string)}`;
  return { issuer: within, accountId: sub as string };
}

function actorOf({ act }: TokenClaims, { issuer }: AssertionIssuerSettings): ActClaim | null {
  const actor = foreignActor(act, issuer);
  if (act !== undefined && actor === null) throw refused('its act is malformed, or names too many');
  return actor && actClaim(actor);
}

function onceOf({ jti }: TokenClaims, { issuer, reuse }: AssertionIssuerSettings): SingleUseJwt | null {
  return reuse ? null : { kind: 'assertion', maker: [issuer], jti: jti as string };
}

/** ID-JAG 8.6: what is bound to a key is good with it only. */
function requireKey(cnf: unknown, { confirmation }: SenderProof): void {
  if (cnf === undefined) return;
  const bound = readConfirmation(cnf);
  if (bound === null || !isSameConfirmation(bound, confirmation)) throw refused('it is bound to another key');
}

function requireNone(fault: string | null): void {
  if (fault !== null) throw refused(fault);
}

function refused(fault: string): AuthError {
  return AuthError.invalidGrant(`assertion: ${fault}`);
}
