import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { PasswordRules } from '../passwords/password-rules.js';
import { SessionsService, type SignInResult } from '../sessions/sessions.service.js';
import { PASSWORD_METHODS, SignInService } from '../sign-in/sign-in.service.js';
import { UserEnds } from '../users/user-ends.js';
import { CredentialChanges } from './credential-changes.js';

export interface ChangePassword {
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly revokeOtherSessions?: boolean | undefined;
}

/** The rules for what users may do with their own account. */
@Injectable()
export class OwnAccountService {
  constructor(
    private readonly ports: HostPorts,
    private readonly ends: UserEnds,
    private readonly subjects: SubjectStore,
    private readonly sessions: SessionsService,
    private readonly signIns: SignInService,
    private readonly rules: PasswordRules,
    private readonly changes: CredentialChanges,
  ) {}

  async update(
    userId: string,
    change: { name?: string | undefined; image?: string | null | undefined; email?: string | undefined },
  ): Promise<void> {
    if (change.email) throw AuthError.badRequest('EMAIL_CAN_NOT_BE_UPDATED', 'Email can not be updated');
    if (change.name === undefined && change.image === undefined)
      throw AuthError.badRequest('NO_FIELDS_TO_UPDATE', 'No fields to update');
    const users = this.ports.users.get();
    if (!users.update) throw AuthError.badRequest('UPDATE_DISABLED', 'Users are managed elsewhere');
    const updated = await users.update(userId, {
      ...(change.name !== undefined && { name: change.name }),
      ...(change.image !== undefined && { image: change.image }),
    });
    if (!updated) throw AuthError.invalidToken('the user no longer exists');
  }

  /** Checks the current password, sets the new one, and makes every earlier proof of identity worthless. */
  async changePassword(
    principal: AuthPrincipal,
    change: ChangePassword,
    caller: Caller,
  ): Promise<{ user: HostUser; started: SignInResult | null }> {
    const user = await this.require(principal.subjectId);
    await this.rules.require(change.newPassword, [user.email, user.name]);
    // Read before the password is checked, so that of two changes with the same old password only the first succeeds.
    const epoch = await this.subjects.epoch(user.id);
    if (epoch === null) throw AuthError.invalidToken('the user was disabled meanwhile');
    await this.signIns.confirmPassword(user, change.currentPassword);
    const endSessions = change.revokeOtherSessions === true;
    const rememberMe = principal.sessionId !== null && (await this.sessions.isRemembered(principal.sessionId));
    const renewed = await this.changes.setPassword(change.newPassword, {
      subjectId: user.id,
      epoch,
      endSessions,
      caller,
      write: async () => undefined,
    });
    if (!endSessions) return { user, started: null };
    // The caller's own session ends too and is replaced, so that a copied token does not outlive the change.
    const started = await this.sessions.start({
      subjectId: user.id,
      epoch: renewed,
      rememberMe,
      answersWithBody: true,
      methods: PASSWORD_METHODS,
      scopes: [...principal.scopes],
      roles: [...principal.roles],
      caller,
    });
    return { user, started };
  }

  /** Whether this is the user's password. Counts as a guess. */
  async hasPassword(user: HostUser, password: string): Promise<boolean> {
    try {
      await this.signIns.confirmPassword(user, password);
      return true;
    } catch (error) {
      if (error instanceof AuthError && error.code === 'INVALID_PASSWORD') return false;
      throw error;
    }
  }

  async remove(principal: AuthPrincipal, password: string | undefined): Promise<void> {
    const user = await this.require(principal.subjectId);
    if (password === undefined) await this.sessions.requireFresh(principal);
    else await this.signIns.confirmPassword(user, password);
    await this.ends.end(user.id, 'forgotten', { keepsOne: true });
  }

  private async require(userId: string): Promise<HostUser> {
    const user = await this.ports.users.get().find(userId);
    if (!user) throw AuthError.invalidToken('the user no longer exists');
    return user;
  }
}
