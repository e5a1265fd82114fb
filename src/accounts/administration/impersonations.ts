import { Inject, Injectable } from '@nestjs/common';
import { tag } from '../../common/cache/tags.js';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import type { Caller } from '../../common/ports/caller.js';
import type { StartedSession } from '../../common/ports/sessions.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { AcrLadder } from '../../common/principal/acr-ladder.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { actorOf } from '../../common/principal/impersonation.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { mintToken, TOKEN_PREFIX } from '../../common/tokens/token-format.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { ImpersonationStore } from '../sessions/impersonation.store.js';
import { SessionEnds } from '../sessions/session.ends.js';
import { SessionStarts } from '../sessions/session.starts.js';
import { SessionStore } from '../sessions/session.store.js';
import { toSignIn, toView } from '../sessions/session.view.js';
import { UserRoles } from '../users/user-roles.js';
import { UserChanges } from './user-changes.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    /** An administrator acts as a user from now on, for an hour at most. */
    'impersonation.started': { sessionId: string; subjectId: string; actorId: string; ipAddress: string | null };
    'impersonation.stopped': { sessionId: string; subjectId: string; actorId: string; ipAddress: string | null };
  }
}

/** A session, and whose it is. */
export interface Impersonated {
  readonly user: HostUser;
  readonly started: StartedSession;
}

/**
 * Administrators who act as users: in a session of their own beside theirs, which ends with it, says who acts, and changes nothing of the
 * user's account.
 */
@Injectable()
export class Impersonations {
  constructor(
    private readonly database: Database,
    private readonly store: ImpersonationStore,
    private readonly sessions: SessionStore,
    private readonly starts: SessionStarts,
    private readonly ends: SessionEnds,
    private readonly subjects: SubjectStore,
    private readonly revoker: TokenRevoker,
    private readonly changes: UserChanges,
    private readonly roles: UserRoles,
    private readonly ladder: AcrLadder,
    private readonly events: AuthEvents,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** @throws AuthError 400 `YOU_CANNOT_IMPERSONATE_YOURSELF`, `USER_DISABLED`; 403 `YOU_CANNOT_IMPERSONATE_ADMINS`; 404 `USER_NOT_FOUND` */
  async begin({ subjectId: actorId, sessionId }: AuthPrincipal, userId: string, caller: Caller): Promise<Impersonated> {
    if (userId === actorId)
      throw AuthError.badRequest('YOU_CANNOT_IMPERSONATE_YOURSELF', 'You cannot impersonate yourself');
    // Before the user and their rights are read, so that others that they get meanwhile make it stale.
    const epoch = await this.subjects.epoch(userId);
    const user = await this.changes.require(userId);
    if (epoch === null) throw AuthError.badRequest('USER_DISABLED', 'The user is disabled');
    const rights = await this.starts.rightsOf(user);
    if (this.roles.areOfAdministrator(rights.roles))
      throw AuthError.forbidden('YOU_CANNOT_IMPERSONATE_ADMINS', 'You cannot impersonate admins');
    const token = mintToken(TOKEN_PREFIX.session);
    const { address: ipAddress, userAgent } = caller;
    const lifetimeSeconds = this.settings.administrators?.impersonationSeconds ?? 0;
    const one = { ...rights, parentId: sessionId!, actorId, subject: userId, ipAddress, userAgent, lifetimeSeconds };
    const started = await this.database.transaction(async (tx) => {
      await this.subjects.hold(tx, actorId);
      await this.subjects.hold(tx, userId, epoch);
      // Held, so that it cannot end unseen by what hangs on it.
      const parent = await this.sessions.hold(tx, sessionId!);
      const row = parent && (await this.store.begin(tx, { ...one, tokenHash: hashOf(token) }));
      if (!row) throw AuthError.invalidToken('the session of the administrator has ended');
      const signIn = toSignIn(row, this.ladder);
      const additions = await this.starts.additions(tx, signIn);
      tx.afterCommit(() =>
        this.events.emit('impersonation.started', { sessionId: row.id, subjectId: userId, actorId, ipAddress }),
      );
      return { session: toView(row), token, remember: false, signIn, additions };
    });
    return { user, started };
  }

  /**
   * Ends it, and gives the administrator their own session again, under a new token: nothing but its digest is kept of the old one.
   * @throws AuthError 400 `NOT_IMPERSONATING`; 401 when either session has ended
   */
  async stop(principal: AuthPrincipal, { address: ipAddress }: Caller): Promise<Impersonated> {
    const actorId = actorOf(principal);
    if (actorId === null) throw AuthError.badRequest('NOT_IMPERSONATING', 'You are not impersonating anyone');
    const { sessionId, subjectId } = principal;
    const own = await this.sessions.find(sessionId!);
    const parentId = own?.parent_id ?? null;
    if (parentId === null) throw AuthError.invalidToken('the session has ended');
    const user = await this.changes.require(actorId);
    const token = mintToken(TOKEN_PREFIX.session);
    const parent = await this.database.transaction(async (tx) => {
      const row = await this.store.retoken(tx, parentId, hashOf(token));
      const ended = row ? await this.store.end(tx, sessionId!, parentId) : [];
      if (!row || ended.length === 0) throw AuthError.invalidToken('one of the two sessions has ended');
      await this.ends.within(tx, subjectId, ended, 'impersonation stopped');
      this.revoker.invalidate(tx, [tag('session', parentId)]);
      tx.afterCommit(() =>
        this.events.emit('impersonation.stopped', { sessionId: sessionId!, subjectId, actorId, ipAddress }),
      );
      return row;
    });
    const signIn = toSignIn(parent, this.ladder);
    return { user, started: { session: toView(parent), token, remember: parent.remember, signIn, additions: {} } };
  }
}

function hashOf(token: string): Buffer {
  return digestToBytes(sha256(token));
}
