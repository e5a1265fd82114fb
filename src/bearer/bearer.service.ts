import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../common/database/database.js';
import type { Transaction } from '../common/database/transaction.js';
import { AuthError } from '../common/errors/auth-error.js';
import { invalidProof } from '../common/dpop/dpop.errors.js';
import { SessionProofs } from '../common/grants/session-proofs.js';
import { HostPorts } from '../common/ports/port.js';
import { NO_PROOF, type SenderProof } from '../common/ports/sender-proof.js';
import { isSameConfirmation, tokenTypeOf, type Confirmation } from '../common/principal/confirmation.js';
import type { SessionSignIn } from '../common/ports/sessions.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import { digestToBytes, sha256 } from '../common/crypto.js';
import { isWellFormedToken, TOKEN_PREFIX } from '../common/tokens/token-format.js';
import type { IssuedTokens } from '../common/tokens/issued-tokens.js';
import { TokenIssuer } from '../common/tokens/token.issuer.js';
import { refusedRefresh } from '../common/tokens/token.parts.js';
import { signInFacts } from '../common/tokens/sign-in-facts.js';
import { TokenRevoker } from '../common/tokens/token.revoker.js';
import { TokenStore } from '../common/tokens/token.store.js';
import { BEARER_SETTINGS, type BearerSettings } from './bearer.options.js';

/** The answer of the routes. Dates are ISO on the wire. */
export interface BearerTokens {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date;
  /** `DPoP`: the tokens are bound to a key (RFC 9449 5). */
  readonly tokenType: 'Bearer' | 'DPoP';
  /** Seconds from now. */
  readonly expiresIn: number;
}

/**
 * First-party access and refresh tokens. They belong to the session that they were made from and end with it.
 *
 * @example
 * const bearer = app.get(BearerService);
 * const { accessToken, refreshToken } = await bearer.issue(principal);
 * if (refreshToken) await bearer.refresh(refreshToken); // the old one is spent
 */
@Injectable()
export class BearerService {
  constructor(
    private readonly database: Database,
    private readonly issuer: TokenIssuer,
    private readonly store: TokenStore,
    private readonly revoker: TokenRevoker,
    private readonly ports: HostPorts,
    private readonly proofs: SessionProofs,
    @Inject(BEARER_SETTINGS) private readonly settings: BearerSettings,
  ) {}

  /** Adds a pair to a sign-in answer, in the transaction that starts the session; bound to the key that the session is bound to. */
  async onSignIn(tx: Transaction, signIn: SessionSignIn): Promise<Record<string, unknown>> {
    const { refreshToken, dpop } = this.settings;
    const isBrowsers = dpop === 'required' && signIn.confirmation === null;
    return refreshToken.enabled && !isBrowsers ? { ...(await this.issueIn(tx, signIn, signIn.confirmation)) } : {};
  }

  /**
   * Makes a pair for the session of this principal, e.g. after a sign-in by redirect, whose answer cannot contain tokens.
   * @param principal the session itself: if a token could start a new family, it would never really expire (T040)
   *   A session of a browser is bound to nothing: its pair is bound to the key that the current request proves.
   * @throws AuthError 400 `REFRESH_TOKEN_DISABLED`, `invalid_dpop_proof`; 401 when the session has ended, or for a token made from it
   */
  async issue(principal: AuthPrincipal): Promise<BearerTokens> {
    if (!this.settings.refreshToken.enabled)
      throw AuthError.badRequest('REFRESH_TOKEN_DISABLED', 'Refresh tokens are not enabled');
    if (principal.credentialType !== 'session')
      throw AuthError.invalidToken(`${principal.credentialType}: only the session itself can make a pair`);
    const proof = await this.proofOf(principal);
    await proof.spend();
    return this.database.transaction(async (tx) => {
      const session = await this.ports.sessions.get().hold(tx, principal.sessionId ?? '');
      if (!session) throw AuthError.invalidToken('the session has ended');
      return this.issueIn(tx, session, session.confirmation ?? proof.confirmation);
    });
  }

  /**
   * Rotates a refresh token. One that is bound to a key needs a proof of it, in the current request.
   * @throws AuthError 401 `INVALID_REFRESH_TOKEN`, the same for every reason; 400 `invalid_dpop_proof`, `use_dpop_nonce`
   */
  async refresh(refreshToken: string): Promise<BearerTokens> {
    try {
      return toBearerTokens(await this.rotated(refreshToken));
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** Ends the family of a refresh token of ours (RFC 7009 2.1). An unknown token is not an error (2.2). */
  async revoke(refreshToken: string): Promise<void> {
    if (!isWellFormedToken(refreshToken, TOKEN_PREFIX.refresh)) return;
    await this.database.transaction(async (tx) => {
      const row = await this.store.lockRefresh(tx, digestToBytes(sha256(refreshToken)));
      if (row && row.client_id === null) await this.revoker.revoke(tx, { familyId: row.family_id }, 'revoked');
    });
  }

  private async rotated(refreshToken: string): Promise<IssuedTokens> {
    if (!isWellFormedToken(refreshToken, TOKEN_PREFIX.refresh)) throw refusedRefresh('malformed');
    const presented = await this.issuer.present(refreshToken, null);
    const { scopes, audience, confirmation } = presented;
    await this.requireHolder(confirmation);
    return this.issuer.rotate(presented, {
      scopes,
      audience,
      confirmation,
      accessTtlSeconds: this.settings.expiresInSeconds,
    });
  }

  /** Who has got tokens for a key uses them with it alone; where all have to, those of before are refused. */
  private async requireHolder(bound: Confirmation | null): Promise<void> {
    if (bound === null && this.settings.dpop !== 'required') return;
    const proof = bound ? await this.proofs.ofRequest() : NO_PROOF;
    if (bound === null || !isSameConfirmation(bound, proof.confirmation)) throw refusedRefresh('other_key');
    await proof.spend();
  }

  /** @throws AuthError 400 `invalid_dpop_proof` when there has to be one */
  private async proofOf({ confirmation }: AuthPrincipal): Promise<SenderProof> {
    const { dpop } = this.settings;
    if (confirmation !== null || dpop === 'off') return NO_PROOF;
    const proof = await this.proofs.ofRequest();
    if (dpop === 'required' && proof.confirmation === null) throw invalidProof('there is none');
    return proof;
  }

  private async issueIn(
    tx: Transaction,
    signIn: SessionSignIn,
    confirmation: Confirmation | null,
  ): Promise<BearerTokens> {
    const ttl = this.settings.refreshToken.expiresInSeconds;
    const issued = await this.issuer.issue(tx, {
      subjectId: signIn.subjectId,
      sessionId: signIn.sessionId,
      source: 'session',
      scopes: signIn.scopes,
      authenticatedAt: signIn.authenticatedAt,
      context: factsOf(signIn),
      confirmation: confirmation && { access: confirmation, bindsRefresh: true },
      accessTtlSeconds: this.settings.expiresInSeconds,
      // A session that ends by itself is not kept alive by what is made from it.
      refreshTtlSeconds: Math.max(1, Math.min(ttl, signIn.remainingSeconds ?? ttl)),
    });
    return toBearerTokens(issued);
  }
}

/** @returns null when there is nothing to keep */
function factsOf(signIn: SessionSignIn): Record<string, unknown> | null {
  const facts = signInFacts(signIn);
  return Object.keys(facts).length > 0 ? { ...facts } : null;
}

/** RFC 6749 5.2 says 400, but first-party apps get 401, as for any bad credential. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof AuthError) || error.error !== 'invalid_grant') return error;
  return new AuthError({
    status: 401,
    code: 'INVALID_REFRESH_TOKEN',
    error: 'invalid_grant',
    description: 'Invalid refresh token',
    detail: error.detail,
  });
}

function toBearerTokens(issued: IssuedTokens): BearerTokens {
  return {
    accessToken: issued.accessToken,
    accessTokenExpiresAt: issued.accessTokenExpiresAt,
    refreshToken: issued.refreshToken!,
    refreshTokenExpiresAt: issued.refreshTokenExpiresAt!,
    tokenType: tokenTypeOf(issued.confirmation),
    expiresIn: issued.accessTokenRemainingSeconds,
  };
}
