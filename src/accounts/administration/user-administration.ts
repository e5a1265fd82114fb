import { Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { normaliseEmail } from '../../common/email.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { SubjectLifecycle } from '../../common/subjects/subject.lifecycle.js';
import type { DisableTerms } from '../../common/subjects/subject.store.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { requireMethod } from '../users/own-directory.js';
import { UserEnds } from '../users/user-ends.js';
import { NO_ROLE, UserRoles } from '../users/user-roles.js';
import { AdministrationLog, type Administrator } from './administration.log.js';
import { UserChanges, emailTaken } from './user-changes.js';
import { UsersService, type CreateUser } from './users.service.js';

/** What an administrator may change of a user at once. */
export interface UserChange {
  readonly name?: string | undefined;
  readonly image?: string | null | undefined;
  readonly email?: string | undefined;
  readonly emailVerified?: true | undefined;
}

/** What administrators do with users: the rules, and an event for each call. Who is one has been checked. */
@Injectable()
export class UserAdministration {
  constructor(
    private readonly users: UsersService,
    private readonly changes: UserChanges,
    private readonly ends: UserEnds,
    private readonly lifecycle: SubjectLifecycle,
    private readonly roles: UserRoles,
    private readonly ports: HostPorts,
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly log: AdministrationLog,
  ) {}

  /** @throws AuthError 403 `SESSION_NOT_FRESH` */
  requireFresh(principal: AuthPrincipal): Promise<void> {
    return this.sessions.requireFresh(principal);
  }

  /** @throws AuthError 400 `USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL`, and as `UsersService.create` */
  async create(
    by: Administrator,
    { role, ...user }: Omit<CreateUser, 'roles'> & { readonly role?: Role | undefined },
  ): Promise<HostUser> {
    const roles = role === undefined ? [] : this.rolesOf(role);
    const created = await this.users.create({ ...user, roles });
    if (!created) throw emailTaken();
    this.log.note(by, 'create-user', created.id);
    return created;
  }

  async update(by: Administrator, userId: string, { email, emailVerified, ...change }: UserChange): Promise<HostUser> {
    const user = await this.changes.require(userId);
    const address = email === undefined ? user.email : normaliseEmail(email);
    if (address === null) throw AuthError.badRequest('INVALID_EMAIL', 'Invalid email');
    if (change.name !== undefined || change.image !== undefined) await this.users.update(userId, given(change));
    if (address !== user.email) await this.changes.changeEmail(userId, address, by.caller);
    else if (emailVerified && !user.emailVerified) await this.verify(userId, address);
    this.log.note(by, 'update-user', userId);
    return this.changes.require(userId);
  }

  /** @throws AuthError 400 `YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE`, `LAST_ADMINISTRATOR`, 404 */
  async setRoles(by: Administrator, userId: string, role: Role): Promise<HostUser> {
    await this.changes.require(userId);
    await this.changes.setRoles(userId, this.rolesOf(role), { keepsOne: true });
    this.log.note(by, 'set-role', userId);
    return this.changes.require(userId);
  }

  /** @throws AuthError 400 `YOU_CANNOT_BAN_YOURSELF`, `LAST_ADMINISTRATOR`, 404 */
  async ban(by: Administrator, userId: string, terms: DisableTerms): Promise<HostUser> {
    if (userId === by.id) throw AuthError.badRequest('YOU_CANNOT_BAN_YOURSELF', 'You cannot ban yourself');
    const user = await this.changes.require(userId);
    await this.ends.end(userId, 'disabled', { ...terms, keepsOne: true });
    this.log.note(by, 'ban-user', userId);
    return user;
  }

  async unban(by: Administrator, userId: string): Promise<HostUser> {
    const user = await this.changes.require(userId);
    await this.lifecycle.enable(userId);
    this.log.note(by, 'unban-user', userId);
    return user;
  }

  async setPassword(by: Administrator, userId: string, password: string): Promise<void> {
    await this.changes.setPassword(userId, password, true, by.caller);
    this.log.note(by, 'set-user-password', userId);
  }

  /** @throws AuthError 400 `YOU_CANNOT_REMOVE_YOURSELF`, `LAST_ADMINISTRATOR`, 404 */
  async remove(by: Administrator, userId: string): Promise<void> {
    if (userId === by.id) throw AuthError.badRequest('YOU_CANNOT_REMOVE_YOURSELF', 'You cannot remove yourself');
    await this.changes.require(userId);
    await this.ends.end(userId, 'forgotten', { keepsOne: true });
    this.log.note(by, 'remove-user', userId);
  }

  private async verify(userId: string, address: string): Promise<void> {
    const users = this.ports.users.get();
    const markVerified = requireMethod(users, 'markVerified');
    await this.database.transaction((tx) => markVerified.call(users, tx, userId, address));
  }

  /** Known roles only: a role that nobody has thought of is a mistake, or means something to the host that nobody wanted to give. */
  private rolesOf(role: Role): string[] {
    const names = (typeof role === 'string' ? role.split(',') : role).map((one) => one.trim());
    const wanted = names.filter((one) => one !== NO_ROLE || this.roles.isKnown(one));
    if (wanted.every((one) => this.roles.isKnown(one))) return wanted;
    throw AuthError.badRequest(
      'YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE',
      'You are not allowed to set a non-existent role value',
    );
  }
}

type Role = string | readonly string[];

/** Without what is left out. */
function given({ name, image }: UserChange): { name?: string; image?: string | null } {
  return { ...(name !== undefined && { name }), ...(image !== undefined && { image }) };
}
