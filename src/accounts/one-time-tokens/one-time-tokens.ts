import { Injectable } from '@nestjs/common';
import { digestToBytes, randomBase62, sha256 } from '../../common/crypto.js';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import type { Caller } from '../../common/ports/caller.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { header } from '../../common/http/request/headers.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { SessionProofs } from '../../common/grants/session-proofs.js';
import type { Confirmation } from '../../common/principal/confirmation.js';
import { AcrLadder } from '../../common/principal/acr-ladder.js';
import { mintToken, TOKEN_PREFIX } from '../../common/tokens/token-format.js';
import { SessionStarts } from '../sessions/session.starts.js';
import { SessionStore } from '../sessions/session.store.js';
import { toSignIn, toView } from '../sessions/session.view.js';
import { SessionsService, type SignInResult } from '../sessions/sessions.service.js';
import { OneTimeTokenStore } from './one-time-token.store.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    'one-time-token.made': { sessionId: string; subjectId: string };
    /** `sessionId` is the new session, `fromSessionId` the one that the token was made from. */
    'one-time-token.redeemed': { sessionId: string; fromSessionId: string; subjectId: string };
  }
}

/** 190 bits; as long as better-auth's. */
const TOKEN_LENGTH = 32;
const TOKEN = /^[A-Za-z0-9]{32}$/;
const LIFETIME_SECONDS = 60;
const BY_ADDRESS: RateLimit = { name: 'one-time-token-address', max: 60, windowSeconds: 60 };
/** Each token may become a session of its own. */
const BY_SESSION: RateLimit = { name: 'one-time-token-session', max: 30, windowSeconds: 60 };

/**
 * Hands a session to an app or a site that cannot keep our cookie: a token, good once and for a minute, buys a session of the same user beside
 * it, with the sign-in time, the methods and the expiry of the first one. An app that proves a key with it gets a session that is bound to this key; the
 * token of a bound session is good for the holder of its key alone.
 *
 * @example
 * const session = await app.get(AuthContext).session();
 * const token = session && (await app.get(OneTimeTokens).make({ sessionId: session.id, subjectId: session.userId }));
 */
@Injectable()
export class OneTimeTokens {
  constructor(
    private readonly database: Database,
    private readonly store: OneTimeTokenStore,
    private readonly sessionStore: SessionStore,
    private readonly sessions: SessionsService,
    private readonly starts: SessionStarts,
    private readonly limits: RateLimits,
    private readonly proofs: SessionProofs,
    private readonly ladder: AcrLadder,
    private readonly events: AuthEvents,
  ) {}

  /**
   * @param session `audience`: the only origin whose pages may redeem the token, by the header `Origin`. Default: whoever has it
   * @returns the token, shown once; null when the session has ended
   * @throws AuthError 429
   */
  async make(session: {
    readonly sessionId: string;
    readonly subjectId: string;
    readonly audience?: string | null;
  }): Promise<string | null> {
    const { sessionId, subjectId, audience = null } = session;
    await this.limits.consume(BY_SESSION, sessionId);
    const token = randomBase62(TOKEN_LENGTH);
    if (!(await this.store.insert(hashOf(token), sessionId, { lifetimeSeconds: LIFETIME_SECONDS, audience })))
      return null;
    this.events.emit('one-time-token.made', { sessionId, subjectId });
    return token;
  }

  /** @throws AuthError 400 `INVALID_TOKEN` or `SESSION_NOT_FOUND`, 403 when the user may not sign in, 429 */
  async redeem(token: string, caller: Caller): Promise<{ user: HostUser; started: SignInResult }> {
    await this.limits.consume(BY_ADDRESS, addressKey(caller.address));
    const proof = await this.proofs.ofSignIn(caller);
    // Spent first, outside the transaction below: a failure there does not make it valid again.
    const redeemed = TOKEN.test(token) ? await this.store.consume(hashOf(token)) : null;
    const isForCaller = redeemed && (redeemed.audience === null || redeemed.audience === originOf(caller));
    if (!isForCaller) throw AuthError.badRequest('INVALID_TOKEN', 'Invalid token');
    const fromSessionId = redeemed.session_id;
    const current = await this.sessions.find(fromSessionId);
    if (!current) throw sessionNotFound();
    await this.starts.requireMaySignIn(current.user);
    await proof.spend();
    const started = await this.startBeside(fromSessionId, caller, proof.confirmation);
    if (!proof.confirmation) await this.starts.endOthers(caller.headers, current.user.id);
    return { user: current.user, started };
  }

  private async startBeside(
    fromSessionId: string,
    { address: ipAddress, userAgent }: Caller,
    confirmation: Confirmation | null,
  ): Promise<SignInResult> {
    const token = mintToken(TOKEN_PREFIX.session);
    return this.database.transaction(async (tx) => {
      const from = await this.sessionStore.holdWithUser(tx, fromSessionId);
      const copy = { tokenHash: hashOf(token), ipAddress, userAgent, confirmation };
      const row = from && (await this.sessionStore.copy(tx, fromSessionId, copy));
      if (!row) throw sessionNotFound();
      await this.starts.admit(tx, row);
      const signIn = toSignIn(row, this.ladder);
      const additions = await this.starts.additions(tx, signIn);
      const { sessionId, subjectId } = signIn;
      tx.afterCommit(() => {
        this.events.emit('session.started', { sessionId, subjectId });
        this.events.emit('one-time-token.redeemed', { sessionId, fromSessionId, subjectId });
      });
      return { session: toView(row), token, remember: row.remember, signIn, additions };
    });
  }
}

/** As browsers send it, and as better-auth's Expo client does in their place. */
function originOf({ headers }: Caller): string | undefined {
  return header(headers, 'origin') ?? header(headers, 'expo-origin');
}

function hashOf(token: string): Buffer {
  return digestToBytes(sha256(token));
}

function sessionNotFound(): AuthError {
  return AuthError.badRequest('SESSION_NOT_FOUND', 'Session not found');
}
