import { digestToBytes, sha256 } from '../crypto.js';
import type { Database } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';
import { AuthError } from '../errors/auth-error.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { SecretBox } from '../secrets/secret-box.js';
import { mintToken, TOKEN_PREFIX } from './token-format.js';
import {
  accessExpiry,
  expiryOf,
  mintAccessToken,
  newToken,
  refusedRefresh,
  requireLive,
  successorContext,
  toFamily,
  toIssued,
  type Pair,
} from './token.parts.js';
import type { TokenRevoker } from './token.revoker.js';
import {
  isOwnToken,
  type IssuedTokens,
  type IssueTerms,
  type RotatedAccess,
  type TokenGrant,
} from './issued-tokens.js';
import type { Insertion, PresentedRefreshToken } from './token.rows.js';
import { isSameConfirmation, type Confirmation } from '../principal/confirmation.js';
import { REPLAY_WINDOW_SECONDS } from './refresh.statements.js';
import type { BoundReach, RenewedReach, TokenStore } from './token.store.js';
import { newId } from '../new-id.js';

const MINUTE_SECONDS = 60;

/** A grant whose access token is made. */
type Minted = TokenGrant & Required<Pick<TokenGrant, 'accessToken'>> & { readonly access: BoundReach };

/** Issues and rotates opaque access and refresh tokens. Nothing else inserts token rows. */
export class TokenIssuer {
  constructor(
    private readonly database: Database,
    private readonly store: TokenStore,
    private readonly revoker: TokenRevoker,
    private readonly secrets: SecretBox,
    private readonly events: AuthEvents,
    /** Whether rotations of a family per minute are limited, so that a client cannot make rows without end. */
    private readonly boundsRotations: boolean,
  ) {}

  /**
   * Issues an access token and, if requested, a refresh token, as a new family, in one statement of the caller's transaction. A client's own
   * token has no family; as a JWT it has no row, and no statement (ADR 15).
   * Without terms the caller must hold the subject (`SubjectStore.hold`) and consume the code or the like in the same transaction.
   * @returns null when there was nothing to spend; nothing was written
   * @throws AuthError 401 `invalid_client` when the client was disabled or deleted meanwhile, 400 `invalid_grant` when the holder has ended
   */
  async issue(tx: Transaction, grant: TokenGrant, terms?: Omit<IssueTerms, 'spend'>): Promise<IssuedTokens>;
  async issue(tx: Transaction, grant: TokenGrant, terms: IssueTerms): Promise<IssuedTokens | null>;
  async issue(tx: Transaction, grant: TokenGrant, terms: IssueTerms = {}): Promise<IssuedTokens | null> {
    const accessToken = grant.accessToken ?? mintAccessToken();
    const reach = grant.access ?? { scopes: grant.scopes, audience: grant.audience ?? [] };
    const access = { ...reach, confirmation: grant.confirmation?.access ?? null, actor: grant.actor ?? null };
    const refreshToken = grant.refreshTtlSeconds === null ? null : mintToken(TOKEN_PREFIX.refresh);
    const minted = { ...grant, accessToken, access };
    // A client's own token hangs on nothing that could be spent.
    const { familyId, tokens, missing } =
      isOwnToken(grant) && !terms.spend
        ? await this.writeOwn(tx, minted)
        : grant.familyId
          ? await this.join(tx, minted, grant.familyId)
          : await this.writeFamily(tx, minted, refreshToken, terms);
    if (missing === 'holder') throw AuthError.invalidGrant('the user or their session has ended');
    if (missing === 'family') throw AuthError.invalidGrant('the token that it was got by has ended');
    if (missing === 'client') throw AuthError.invalidClient(`client ${grant.clientId} has ended`);
    if (missing === 'spend') return null;
    const { subjectId, source, scopes } = grant;
    tx.afterCommit(() =>
      this.events.emit('tokens.issued', { familyId, subjectId, clientId: grant.clientId ?? null, source, scopes }),
    );
    return {
      familyId,
      subjectId,
      clientId: grant.clientId ?? null,
      sessionId: grant.sessionId ?? null,
      ...access,
      authenticatedAt: grant.authenticatedAt ?? null,
      context: grant.context ?? null,
      accessToken: accessToken.text,
      ...accessExpiry(tokens),
      refreshToken,
      refreshTokenExpiresAt: expiryOf(tokens, 'refresh'),
    };
  }

  private writeFamily(
    tx: Transaction,
    grant: Minted,
    refreshToken: string | null,
    terms: IssueTerms,
  ): Promise<Insertion> {
    const tokens = [newToken('access', grant.accessToken, grant.accessTtlSeconds)];
    if (refreshToken) tokens.push(newToken('refresh', { id: newId(), text: refreshToken }, grant.refreshTtlSeconds!));
    return this.store.insert(tx, toFamily(grant), tokens, { ...terms, access: grant.access });
  }

  /** Nothing is held: whoever ends the family ends all its tokens, whenever they were written. */
  private join(tx: Transaction, grant: Minted, familyId: string): Promise<Insertion> {
    const { clientId, accessToken, access, accessTtlSeconds } = grant;
    const names = { familyId, clientId: clientId! };
    return this.store.insertJoined(tx, names, newToken('access', accessToken, accessTtlSeconds), access);
  }

  private async writeOwn(tx: Transaction, grant: Minted): Promise<Insertion> {
    const { clientId, accessToken, access, accessTtlSeconds } = grant;
    const { id, expiresAt } = accessToken;
    if (!expiresAt)
      return this.store.insertOwn(tx, clientId!, newToken('access', accessToken, accessTtlSeconds), access);
    const token = { id, kind: 'access', expires_at: expiresAt, remaining_seconds: accessTtlSeconds } as const;
    return { familyId: null, tokens: [token], missing: null };
  }

  /**
   * Reads a refresh token and checks it; call `rotate` next. Takes no lock: whatever changes meanwhile, `rotate` sees.
   * @param clientId the client that presents it, null for first-party apps; the family must belong to it
   * @throws AuthError 400 `invalid_grant`, the same whatever the reason
   */
  async present(refreshToken: string, clientId: string | null): Promise<PresentedRefreshToken> {
    const digest = sha256(refreshToken);
    return {
      ...requireLive(await this.store.findRefresh(digestToBytes(digest), this.boundsRotations), clientId),
      digest,
    };
  }

  /**
   * Spends the presented token and inserts its successors, in one statement. A repeat inside the replay window gets the same successors,
   * whatever it requests: the caller must compare. A later repeat means that a copy of the token exists, and ends the family.
   * @throws AuthError 429 when the family was rotated too often within a minute, 400 `invalid_grant` when the token or its family was
   * revoked, and when a repeat ended the family
   */
  async rotate(presented: PresentedRefreshToken, access: RotatedAccess): Promise<IssuedTokens> {
    // A family has one token that is not spent: until this one is, nobody else rotates the family, and the count holds.
    if (presented.rotated_too_often) throw AuthError.tooManyRequests(MINUTE_SECONDS);
    const { scopes, audience, accessTtlSeconds, mint, confirmation = null } = access;
    if (presented.spent) return this.replay(presented, confirmation);
    const accessToken = mint ? await mint() : mintAccessToken();
    const pair: Pair = {
      accessToken: accessToken.text,
      refreshToken: mintToken(TOKEN_PREFIX.refresh),
      scopes,
      audience,
      confirmation,
    };
    const box = this.secrets.seal(JSON.stringify(pair), successorContext(presented.digest));
    const rotated = await this.store.rotate(presented, box, renewedReach(access), [
      newToken('access', accessToken, accessTtlSeconds),
      newToken('refresh', { id: newId(), text: pair.refreshToken }, 1),
    ]);
    if (rotated.length === 0) return this.replay(presented, confirmation);
    this.tellRefreshed(presented);
    return toIssued(presented, pair, rotated);
  }

  /**
   * A new access token for the presented one, which stays good (FAPI 2.0 Security Profile 5.3.2.1-9); call it in place of `rotate`.
   * @throws AuthError 429 when the family was renewed too often within a minute, 400 `invalid_grant` when the token or its family has ended
   */
  async renew(presented: PresentedRefreshToken, refreshToken: string, access: RotatedAccess): Promise<IssuedTokens> {
    if (presented.rotated_too_often) throw AuthError.tooManyRequests(MINUTE_SECONDS);
    const { accessTtlSeconds, mint, ...reach } = access;
    const accessToken = mint ? await mint() : mintAccessToken();
    const token = newToken('access', accessToken, accessTtlSeconds);
    const rows = await this.store.renew(presented, renewedReach(access), token);
    if (rows.length === 0) throw refusedRefresh('revoked');
    this.tellRefreshed(presented);
    return toIssued(presented, { ...reach, accessToken: accessToken.text, refreshToken }, rows);
  }

  private tellRefreshed({ family_id: familyId, subject: subjectId, client_id: clientId }: PresentedRefreshToken): void {
    this.events.emit('tokens.refreshed', { familyId, subjectId, clientId });
  }

  /** The token was spent before, or its family has ended: under the family's lock it is clear which. */
  private async replay(presented: PresentedRefreshToken, confirmation: Confirmation | null): Promise<IssuedTokens> {
    const { id, family_id: familyId, subject: subjectId, client_id: clientId, digest } = presented;
    const issued = await this.database.transaction(async (tx) => {
      requireLive(await this.store.lockRefresh(tx, digestToBytes(digest)), clientId);
      const consumed = await this.store.readConsumed(tx, id);
      if (!consumed || consumed.seconds_ago === null) throw refusedRefresh('revoked');
      const text = consumed.successor && this.secrets.open(consumed.successor, successorContext(digest));
      const inWindow = consumed.seconds_ago <= REPLAY_WINDOW_SECONDS && !consumed.successor_consumed;
      if (inWindow && text) {
        const pair = JSON.parse(text) as Pair;
        // A retry proves the same key. Another one is no theft either: the client may have changed its key between the two.
        if (!isSameConfirmation(pair.confirmation ?? null, confirmation)) throw refusedRefresh('other_key');
        return toIssued(presented, pair, await this.store.readChildren(tx, familyId, id));
      }
      await this.revoker.revoke(tx, { familyId }, 'refresh token reuse');
      tx.afterCommit(() => this.events.emit('tokens.reuse-detected', { familyId, subjectId, clientId }));
      return null;
    });
    // Not inside the transaction: the error would undo the revocation.
    if (!issued) throw refusedRefresh('reused');
    return issued;
  }
}

function renewedReach({ scopes, audience, confirmation = null, refreshIdleSeconds }: RotatedAccess): RenewedReach {
  return { scopes, audience, confirmation, idleSeconds: refreshIdleSeconds ?? null };
}
