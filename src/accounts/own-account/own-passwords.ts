import { Injectable } from '@nestjs/common';
import { Database, type Executor } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { PasswordRules } from '../passwords/password-rules.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { PASSWORD_METHODS, SignInService } from '../sign-in/sign-in.service.js';
import { CredentialChanges } from './credential-changes.js';

/** A first password for those who sign in elsewhere, and a password as a new proof of who somebody is. */
@Injectable()
export class OwnPasswords {
  constructor(
    private readonly database: Database,
    private readonly ports: HostPorts,
    private readonly subjects: SubjectStore,
    private readonly sessions: SessionsService,
    private readonly signIns: SignInService,
    private readonly rules: PasswordRules,
    private readonly changes: CredentialChanges,
  ) {}

  /** Whether users can set their first password here: somebody has to know who has none. */
  get areSet(): boolean {
    const { preparePassword, passwordDates } = this.ports.users.get();
    return preparePassword !== undefined && passwordDates !== undefined;
  }

  async has(userId: string, executor: Executor = this.database): Promise<boolean> {
    return (await this.ports.users.get().passwordDates?.(userId, executor)) != null;
  }

  /**
   * Sets the password of a user who has none.
   * @throws AuthError 400 `PASSWORD_ALREADY_SET`, `PASSWORD_CHANGE_DISABLED` or what is wrong with it, 403 `SESSION_NOT_FRESH`
   */
  async set(principal: AuthPrincipal, password: string, caller: Caller): Promise<void> {
    if (!this.areSet) throw AuthError.badRequest('PASSWORD_CHANGE_DISABLED', 'Passwords are managed elsewhere');
    await this.sessions.requireFresh(principal);
    const { user, epoch } = await this.require(principal.subjectId);
    if (await this.has(user.id)) throw alreadySet();
    await this.rules.require(password, [user.email, user.name]);
    try {
      await this.changes.setPassword(password, {
        subjectId: user.id,
        epoch,
        endSessions: false,
        caller,
        write: async (tx) => {
          if (await this.has(user.id, tx)) throw alreadySet();
        },
      });
    } catch (error) {
      // Of several at once the first has set it.
      const isLate = error instanceof AuthError && error.status === 401 && (await this.has(user.id));
      throw isLate ? alreadySet() : error;
    }
  }

  /**
   * Whether this is the user's password; then their session is fresh again.
   * @throws AuthError 400 `INVALID_PASSWORD`, also for users who have none, 429
   */
  async verify(principal: AuthPrincipal, password: string, caller: Caller): Promise<void> {
    const { user, epoch } = await this.require(principal.subjectId);
    await this.signIns.confirmPassword(user, password, caller);
    const { subjectId, sessionId } = principal;
    if (sessionId !== null) await this.sessions.proveAgain({ subjectId, sessionId, epoch }, PASSWORD_METHODS);
  }

  /** The epoch is read before anything is proved. */
  private async require(userId: string): Promise<{ user: HostUser; epoch: number }> {
    const epoch = await this.subjects.epoch(userId);
    const user = await this.ports.users.get().find(userId);
    if (!user || epoch === null) throw AuthError.invalidToken('the user no longer exists');
    return { user, epoch };
  }
}

function alreadySet(): AuthError {
  return AuthError.badRequest('PASSWORD_ALREADY_SET', 'User already has a password set');
}
