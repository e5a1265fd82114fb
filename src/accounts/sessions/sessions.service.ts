import { Inject, Injectable } from '@nestjs/common';
import { tag } from '../../common/cache/tags.js';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { Database } from '../../common/database/database.js';
import type { StatementPart } from '../../common/database/statement-part.js';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { Extensions } from '../../common/extensions.js';
import { isNonceNeeded } from '../../common/dpop/dpop.errors.js';
import type { AuthenticationRequest } from '../../common/guards/authenticator.js';
import { presentedCredential } from '../../common/guards/presented-credential.js';
import { AuthContext } from '../../common/ports/auth-context.js';
import { HostPorts } from '../../common/ports/port.js';
import type {
  CurrentSession,
  RequestHeaders,
  Sessions,
  SessionView,
  SessionSignIn,
  StartedSession,
} from '../../common/ports/sessions.js';
import type { EdgeContext } from '../../common/http/request/request-context.js';
import { toHeaderBag, type HeaderBag } from '../../common/http/request/headers.js';
import { AcrLadder } from '../../common/principal/acr-ladder.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { SubjectStore, type SubjectEnd } from '../../common/subjects/subject.store.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { BroughtSessions, rootOf } from './brought-sessions.js';
import { SessionEnds } from './session.ends.js';
import { SessionStarts, type ScopedStart } from './session.starts.js';
import { SessionStore } from './session.store.js';
import { toSignIn, toView } from './session.view.js';

export type SignInResult = StartedSession;

/** A session, and the principal that a request for it was made by. */
export type IdentifiedSession = { readonly current: CurrentSession; readonly principal: AuthPrincipal };

/**
 * Sessions, for host code and for the routes.
 *
 * @example
 * const current = await app.get(SessionsService).getSession({ headers: { cookie } });
 * logger.log(`asked by ${current?.user.email ?? 'nobody'}`);
 */
@Injectable()
export class SessionsService implements Sessions {
  constructor(
    private readonly database: Database,
    private readonly store: SessionStore,
    private readonly subjects: SubjectStore,
    private readonly revoker: TokenRevoker,
    private readonly starts: SessionStarts,
    private readonly ends: SessionEnds,
    private readonly brought: BroughtSessions,
    private readonly ports: HostPorts,
    private readonly extensions: Extensions,
    private readonly ladder: AcrLadder,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /**
   * Session and user behind a request, as `auth.api.getSession({ headers })` gives them: by cookie, session token, access token or API key.
   * @param request anything with `headers`: Node's object or a Fetch `Headers`
   * @returns null without a valid credential
   * @throws AuthError 429 for a valid key over its limit, 503 when the database cannot answer
   */
  async getSession(request: { headers: RequestHeaders }): Promise<CurrentSession | null> {
    return this.current(request.headers);
  }

  async current(headers: RequestHeaders): Promise<CurrentSession | null> {
    return (await this.identified(headers))?.current ?? null;
  }

  /** The session behind a request with the principal that asked for it. */
  async identified(headers: RequestHeaders): Promise<IdentifiedSession | null> {
    const principal = await this.identify(headers);
    const current = principal && (await this.sessionOf(principal));
    return current && principal && { current, principal };
  }

  async isAlive(sessionId: string): Promise<boolean> {
    return this.store.isAlive(sessionId);
  }

  async find(sessionId: string): Promise<CurrentSession | null> {
    const row = await this.store.find(sessionId);
    return row && this.withUser(row.subject, toView(row));
  }

  async hold(tx: Transaction, sessionId: string): Promise<SessionSignIn | null> {
    const row = await this.store.hold(tx, sessionId);
    return row && toSignIn(row, this.ladder);
  }

  holding(sessionId: string, subjectId: string): StatementPart {
    return this.store.holding(sessionId, subjectId);
  }

  async authenticate(tx: Transaction, sessionId: string, methods: readonly string[]): Promise<boolean> {
    if (!(await this.store.authenticate(tx, sessionId, methods))) return false;
    this.revoker.invalidate(tx, [tag('session', sessionId)]);
    return true;
  }

  /**
   * The session of a principal that a guard has authenticated. A JWT is made for services and shows them no session (as in better-auth). A
   * client's token shows no more than its scopes allow, which the capability that issued it decides.
   */
  async sessionOf(principal: AuthPrincipal): Promise<CurrentSession | null> {
    if (principal.clientId === null) {
      if (['jwt', 'external_jwt'].includes(principal.credentialType)) return null;
      if (principal.sessionId !== null) return this.find(principal.sessionId);
    }
    for (const extension of this.extensions.all) {
      const current = await extension.sessionOf?.(principal);
      if (current) return current;
    }
    return null;
  }

  /** Whether the session outlives the browser; also false when it has ended. */
  async isRemembered(sessionId: string): Promise<boolean> {
    return (await this.store.find(sessionId))?.remember ?? false;
  }

  /**
   * Starts a session for a user whose identity has just been proven, or renews the one they have.
   * @throws AuthError 401 when the user was disabled or changed their password since `epoch` was read
   */
  start(start: ScopedStart): Promise<SignInResult> {
    return this.starts.start(start);
  }

  /** Gives a session its full lifetime again. @returns false when it is not remembered, or has ended */
  async extend(sessionId: string): Promise<boolean> {
    const lifetimeSeconds = this.settings.session.expiresInSeconds;
    return (await this.store.extend(sessionId, { lifetimeSeconds, withCookie: true })) !== null;
  }

  /**
   * Notes that the user of a session has proved who they are once more: it is fresh again, also for requests that are in memory.
   * @param epoch result of `SubjectStore.epoch` before the proof
   * @param methods beside those before, in the values of RFC 8176
   * @throws AuthError 401 when the session has ended, or the user's credentials changed meanwhile
   */
  async proveAgain(
    { subjectId, sessionId, epoch }: { readonly subjectId: string; readonly sessionId: string; readonly epoch: number },
    methods: readonly string[],
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.subjects.hold(tx, subjectId, epoch);
      const row = await this.store.authenticate(tx, sessionId, methods);
      if (row?.subject !== subjectId) throw AuthError.invalidToken('the session has ended');
      this.revoker.invalidate(tx, [tag('session', sessionId)]);
    });
  }

  /**
   * The user's live sessions, newest first, at most 500.
   * @param all also those of administrators who act as the user. Default false.
   */
  async list(userId: string, { all = false }: { readonly all?: boolean } = {}): Promise<SessionView[]> {
    return (await this.store.list(userId, { all })).map(toView);
  }

  /** Ends one session of this user and all tokens made from it. @param which the session's id (the handle in lists) or its token */
  async end(userId: string, which: string, reason = 'revoked'): Promise<void> {
    const either = { id: which, tokenHash: digestToBytes(sha256(which)) };
    await this.ends.those(userId, reason, (tx) => this.store.end(tx, userId, either));
  }

  /** Ends every live session in the cookies of a browser, of all users. */
  async endBrought(headers: RequestHeaders, reason: string): Promise<void> {
    for (const { root } of await this.brought.live(toHeaderBag(headers)))
      await this.end(root.subjectId, root.id, reason);
  }

  /** Ends the session behind a request; of an administrator who acts as its user, their own too. */
  async signOut({ current, principal }: IdentifiedSession): Promise<void> {
    const { session, user } = current;
    const row = principal.sessionId === session.id ? await this.store.find(session.id) : null;
    const { subjectId, id } = row ? rootOf(row) : { subjectId: user.id, id: session.id };
    await this.end(subjectId, id, 'signed out');
  }

  /** Ends all sessions of this user. @param spareId a session that stays */
  async endAll(userId: string, spareId: string | null = null, reason = 'revoked'): Promise<void> {
    await this.ends.those(userId, reason, (tx) => this.store.endAll(tx, userId, spareId));
  }

  /** @throws AuthError 403 `SESSION_NOT_FRESH` when the user proved who they are longer ago than `freshAge` */
  async requireFresh(principal: AuthPrincipal): Promise<void> {
    const { freshAgeSeconds } = this.settings.session;
    if (freshAgeSeconds === 0) return;
    // A token tells the sign-in that it was made from, whatever the session has become: a stolen one is not fresh whenever its owner is (T134).
    const { authenticatedAt } = principal;
    if (authenticatedAt === null || !(await this.store.isWithin(authenticatedAt, freshAgeSeconds)))
      throw AuthError.forbidden('SESSION_NOT_FRESH', 'Session is not fresh');
  }

  /** When the user is disabled or forgotten. */
  async onSubjectEnd(tx: Transaction, subjectId: string, end: SubjectEnd): Promise<void> {
    await this.ends.within(tx, subjectId, await this.store.endAll(tx, subjectId, null), end);
  }

  private async identify(headers: RequestHeaders): Promise<AuthPrincipal | null> {
    const bag = toHeaderBag(headers);
    try {
      const presented = presentedCredential(bag, undefined, this.extensions.authenticators);
      if (!presented) return null;
      const { authenticator, credential } = presented;
      const request = askedOf(bag);
      const principal = await authenticator.authenticate(credential, request);
      // A token for another server, or from one, is not a session here.
      authenticator.authorize?.(principal, undefined);
      await authenticator.admit?.(principal, principal.confirmation ? request : undefined);
      return principal;
    } catch (error) {
      // The caller of a valid credential over its limit is told to come back later (T023), and who lacks a nonce to come again with one (RFC 9449 9).
      if (error instanceof AuthError && error.status < 500 && error.status !== 429 && !isNonceNeeded(error))
        return null;
      throw error;
    }
  }

  private async withUser(subjectId: string, session: SessionView): Promise<CurrentSession | null> {
    const user = await this.ports.users.get().find(subjectId);
    return user && { session, user };
  }
}

/** What a proof of a key is for: the current request, if these are its headers. */
function askedOf(headers: HeaderBag): AuthenticationRequest {
  const current = AuthContext.requestContext as EdgeContext | undefined;
  const own = current && toHeaderBag(current.headers);
  const isOfCurrent = own && ['authorization', 'dpop'].every((name) => own[name] === headers[name]);
  return isOfCurrent ? current : { headers, address: current?.address ?? (() => null) };
}
