import { Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { OneTimeSecrets } from '../../common/one-time/one-time-secrets.js';
import { SERVER, type Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';
import { OldAddresses } from '../mails/old-addresses.js';
import { CredentialChanges } from '../own-account/credential-changes.js';
import { PasswordRules } from '../passwords/password-rules.js';
import { SessionEnds } from '../sessions/session.ends.js';
import { SessionStore } from '../sessions/session.store.js';
import { requireMethod } from '../users/own-directory.js';
import { UserRoles } from '../users/user-roles.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    /** Of what was signed in before, nothing is left. */
    'user.roles-changed': { subjectId: string; roles: readonly string[] };
  }
}

/** What is changed about users by others: their password, their address, their roles. */
@Injectable()
export class UserChanges {
  constructor(
    private readonly database: Database,
    private readonly ports: HostPorts,
    private readonly subjects: SubjectStore,
    private readonly sessions: SessionStore,
    private readonly ends: SessionEnds,
    private readonly revoker: TokenRevoker,
    private readonly secrets: OneTimeSecrets,
    private readonly rules: PasswordRules,
    private readonly roles: UserRoles,
    private readonly changes: CredentialChanges,
    private readonly oldAddresses: OldAddresses,
    private readonly events: AuthEvents,
  ) {}

  /** @throws AuthError 400 for a password that may not be set, `USER_NOT_FOUND`, `USER_DISABLED` */
  async setPassword(userId: string, password: string, endSessions: boolean, caller: Caller = SERVER): Promise<void> {
    const user = await this.require(userId);
    await this.rules.require(password, [user.email, user.name]);
    requireMethod(this.ports.users.get(), 'preparePassword');
    const epoch = await this.epochOf(userId);
    await this.changes.setPassword(password, {
      subjectId: userId,
      epoch,
      endSessions,
      caller,
      write: async () => undefined,
    });
  }

  /** Gives the user another address, which counts as verified. @throws AuthError 400 as above, or when it is taken */
  async changeEmail(userId: string, email: string, caller: Caller = SERVER): Promise<void> {
    const users = this.ports.users.get();
    const write = requireMethod(users, 'changeEmail');
    const user = await this.require(userId);
    const epoch = await this.epochOf(userId);
    const change = { subjectId: userId, change: 'email', epoch, endSessions: true, caller } as const;
    await this.changes.make({
      ...change,
      write: async (tx) => {
        if (!(await write.call(users, tx, userId, email))) throw emailTaken();
        await this.oldAddresses.tell(tx, user, { to: email, caller, isFinal: true });
      },
    });
  }

  /**
   * Sessions and tokens hold the roles of their sign-in, so they end, and so does a sign-in that has read the old ones.
   * @returns false when there is no such user
   * @throws AuthError 400 `UNKNOWN_ROLE`, `LAST_ADMINISTRATOR`
   */
  async setRoles(
    userId: string,
    given: readonly string[],
    { keepsOne }: { readonly keepsOne: boolean },
  ): Promise<boolean> {
    const roles = this.roles.require(given);
    const users = this.ports.users.get();
    const write = requireMethod(users, 'setRoles');
    const stays = this.roles.areOfAdministrator(roles);
    return this.database.transaction(async (tx) => {
      if (keepsOne && !stays) await this.roles.requireOtherAdministrator(tx, userId);
      const { epoch, isEnded } = await this.subjects.lockState(tx, userId);
      if (!(await write.call(users, tx, userId, roles))) return false;
      // Whoever is disabled has nothing that could end.
      if (!isEnded) await this.subjects.renew(tx, userId, epoch);
      await this.secrets.forget(tx, userId);
      await this.ends.within(tx, userId, await this.sessions.endAll(tx, userId, null), 'roles changed');
      await this.revoker.revoke(tx, { subject: userId }, 'roles changed');
      tx.afterCommit(() => this.events.emit('user.roles-changed', { subjectId: userId, roles }));
      return true;
    });
  }

  /** @throws AuthError 404 `USER_NOT_FOUND` */
  async require(userId: string): Promise<HostUser> {
    const user = await this.ports.users.get().find(userId);
    if (!user) throw new AuthError({ status: 404, code: 'USER_NOT_FOUND', description: 'User not found' });
    return user;
  }

  private async epochOf(userId: string): Promise<number> {
    const epoch = await this.subjects.epoch(userId);
    if (epoch === null) throw AuthError.badRequest('USER_DISABLED', 'The user is disabled');
    return epoch;
  }
}

export function emailTaken(): AuthError {
  return AuthError.badRequest('USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL', 'User already exists. Use another email.');
}
