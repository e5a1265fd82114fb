import { Inject, Injectable } from '@nestjs/common';
import { tag } from '../../common/cache/tags.js';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { Database } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { SessionProofs } from '../../common/grants/session-proofs.js';
import { Extensions } from '../../common/extensions.js';
import { AcrLadder } from '../../common/principal/acr-ladder.js';
import { HostPorts } from '../../common/ports/port.js';
import type { SecondFactor, SecondFactorDue } from '../../common/ports/second-factor.js';
import type { SessionStart, SessionSignIn, StartedSession } from '../../common/ports/sessions.js';
import type { SenderProof } from '../../common/ports/sender-proof.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { mintToken, TOKEN_PREFIX } from '../../common/tokens/token-format.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { UserRoles } from '../users/user-roles.js';
import { BroughtSessions, type BroughtSession } from './brought-sessions.js';
import { KnownDevices } from './known-devices.js';
import { SessionEnds } from './session.ends.js';
import type { NewSession, SessionRow } from './session.statements.js';
import { SessionStore } from './session.store.js';
import { toSignIn, toView } from './session.view.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    'session.started': { sessionId: string; subjectId: string };
    /** The user has signed in again: the session continues with a new token. */
    'session.renewed': { sessionId: string; subjectId: string };
  }
}

/** A session to start, with the scopes and roles of its user. */
export type ScopedStart = SessionStart & { readonly scopes: readonly string[]; readonly roles: readonly string[] };

const NOT_REMEMBERED_SECONDS = 86_400;

/**
 * How every sign-in gets its session. Users who sign in again in the same browser renew the session that they have (OIDC Core 3.1.2.1): it
 * keeps its id, and so the `sid` and the tokens of every client, and gets a new token, so that the old one is worthless to anybody who copied
 * it (T031). A session of another user ends. An app that proves a key (option `bearer.dpop`) gets a session of its own, bound to it, and those in
 * cookies stay as they are: no cookie can prove a key.
 */
@Injectable()
export class SessionStarts {
  constructor(
    private readonly database: Database,
    private readonly store: SessionStore,
    private readonly brought: BroughtSessions,
    private readonly ends: SessionEnds,
    private readonly subjects: SubjectStore,
    private readonly revoker: TokenRevoker,
    private readonly events: AuthEvents,
    private readonly extensions: Extensions,
    private readonly ladder: AcrLadder,
    private readonly devices: KnownDevices,
    private readonly roles: UserRoles,
    private readonly ports: HostPorts,
    private readonly proofs: SessionProofs,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** Whether this user may have a session now. @throws AuthError 403 `EMAIL_NOT_VERIFIED`, or the host's veto */
  async requireMaySignIn(user: HostUser): Promise<void> {
    if (this.settings.requireEmailVerification && !user.emailVerified)
      throw AuthError.forbidden('EMAIL_NOT_VERIFIED', 'Email not verified');
    await this.settings.hooks.beforeSignIn?.(user);
  }

  /** As `start`, with the scopes that the host gives this user. */
  async startFor(user: HostUser, start: Omit<SessionStart, 'subjectId'>): Promise<StartedSession> {
    return this.start({ ...start, subjectId: user.id, ...(await this.rightsOf(await this.current(user))) });
  }

  /** The user may have been read before the epoch: roles that were taken in between must not come back. */
  private async current(user: HostUser): Promise<HostUser> {
    return user.roles?.length ? ((await this.ports.users.get().find(user.id)) ?? user) : user;
  }

  /** What a session of this user may do. */
  async rightsOf(user: HostUser): Promise<{ scopes: readonly string[]; roles: readonly string[] }> {
    const scopes = (await this.settings.hooks.resolveScopes?.(user)) ?? this.settings.session.scopes;
    return { scopes, roles: await this.roles.of(user) };
  }

  /**
   * Another factor is due: spends the first one, and starts nothing. Sessions in the browser stay until the user is known for sure.
   * @throws AuthError 401 as `start`
   */
  async postpone(
    user: HostUser,
    { spend, epoch }: Pick<SessionStart, 'spend' | 'epoch'>,
    factor: SecondFactor,
  ): Promise<SecondFactorDue> {
    return this.database.transaction(async (tx) => {
      await spend?.(tx);
      await this.subjects.hold(tx, user.id, epoch);
      return factor.begin(tx);
    });
  }

  /**
   * @throws AuthError 401 when the user was disabled or the password changed since `epoch` was read, 400 `invalid_dpop_proof` for a proof that was
   * used before
   */
  async start(start: ScopedStart): Promise<StartedSession> {
    const proof = await this.proofs.ofSignIn(start.caller);
    const brought = proof.confirmation ? [] : await this.brought.live(start.caller.headers);
    const own = brought.find(({ id, subjectId, root }) => subjectId === start.subjectId && root.id === id);
    const started = await this.give(start, proof, own);
    await this.endReplaced(brought.filter((one) => one !== own));
    return started;
  }

  /** Ends sessions of other users in the cookies of a browser that got a session of this user other than by `start`. */
  async endOthers(headers: HeaderBag, userId: string): Promise<void> {
    const brought = await this.brought.live(headers);
    await this.endReplaced(brought.filter(({ subjectId, root }) => subjectId !== userId || root.subjectId !== userId));
  }

  /** What follows from a new session: the oldest ends when there are more than `maxPerUser`, and a new device is told of. */
  async admit(tx: Transaction, row: SessionRow): Promise<void> {
    const { id, subject } = row;
    await this.devices.note(tx, row);
    const ended = await this.store.endSurplus(tx, subject, id, this.settings.session.maxPerUser);
    await this.ends.within(tx, subject, ended, 'more sessions than maxPerUser');
  }

  /** What extensions add to the answer of a sign-in. */
  async additions(tx: Transaction, signIn: SessionSignIn): Promise<Record<string, unknown>> {
    const additions: Record<string, unknown> = {};
    for (const extension of this.extensions.all) Object.assign(additions, await extension.onSignIn?.(tx, signIn));
    return additions;
  }

  private async endReplaced(sessions: readonly BroughtSession[]): Promise<void> {
    for (const { root } of sessions)
      await this.ends.those(root.subjectId, 'replaced by a new sign-in', (tx) =>
        this.store.endOne(tx, root.subjectId, root.id),
      );
  }

  private async give(start: ScopedStart, proof: SenderProof, own: BroughtSession | undefined): Promise<StartedSession> {
    const token = mintToken(TOKEN_PREFIX.session);
    const session = { ...this.sessionFor(start, token), confirmation: proof.confirmation };
    // Not in the transaction, which would wait for a second connection.
    await proof.spend();
    return this.database.transaction(async (tx) => {
      await start.spend?.(tx);
      await this.subjects.hold(tx, start.subjectId, start.epoch);
      const row = (own && (await this.renew(tx, own, session))) ?? (await this.insert(tx, session));
      const signIn = toSignIn(row, this.ladder);
      const additions = start.answersWithBody ? await this.additions(tx, signIn) : {};
      return { session: toView(row), token, remember: start.rememberMe, signIn, additions };
    });
  }

  private sessionFor(start: ScopedStart, token: string): Omit<NewSession, 'confirmation'> {
    return {
      tokenHash: digestToBytes(sha256(token)),
      subject: start.subjectId,
      scopes: start.scopes,
      remember: start.rememberMe,
      methods: start.methods ?? [],
      roles: start.roles,
      authenticatedAt: start.authenticatedAt ?? null,
      ipAddress: start.caller.address,
      userAgent: start.caller.userAgent,
      lifetimeSeconds: start.rememberMe ? this.settings.session.expiresInSeconds : NOT_REMEMBERED_SECONDS,
    };
  }

  private async insert(tx: Transaction, session: NewSession): Promise<SessionRow> {
    const row = await this.store.insert(tx, session);
    await this.admit(tx, row);
    tx.afterCommit(() => this.events.emit('session.started', { sessionId: row.id, subjectId: row.subject }));
    return row;
  }

  /**
   * The session's own access and refresh tokens came from its old token and end with it; tokens of clients stay.
   * @returns null when the session has ended meanwhile, or another request has renewed it and the presented token is no longer valid
   */
  private async renew(tx: Transaction, own: BroughtSession, session: NewSession): Promise<SessionRow | null> {
    const row = await this.store.renew(tx, digestToBytes(sha256(own.token)), session);
    if (!row) return null;
    await this.revoker.revoke(tx, { ownTokensOf: row.id }, 'signed in again');
    this.revoker.invalidate(tx, [tag('session', row.id)]);
    tx.afterCommit(() => this.events.emit('session.renewed', { sessionId: row.id, subjectId: row.subject }));
    return row;
  }
}
