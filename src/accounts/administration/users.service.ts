import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { normaliseEmail } from '../../common/email.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { newId } from '../../common/new-id.js';
import { HostPorts } from '../../common/ports/port.js';
import {
  findByAddress,
  type HostUser,
  type NewHostUser,
  type UserListing,
  type UserPage,
} from '../../common/ports/user-directory.js';
import { SubjectLifecycle } from '../../common/subjects/subject.lifecycle.js';
import { SubjectStore, type DisableTerms } from '../../common/subjects/subject.store.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { UserChanges } from './user-changes.js';
import { hashPassword } from '../passwords/password-hasher.js';
import { PasswordRules } from '../passwords/password-rules.js';
import { UserEnds } from '../users/user-ends.js';
import { requireMethod } from '../users/own-directory.js';
import { UserRoles } from '../users/user-roles.js';
import { UserStore } from '../users/user.store.js';

/** A user that the host's own code creates or seeds. */
export interface SeedUser {
  readonly email: string;
  readonly password?: string;
  readonly name?: string;
  readonly emailVerified?: boolean;
  readonly image?: string | null;
  /** What `@Roles` asks for. Default: none; those of a known user stay. */
  readonly roles?: readonly string[];
  /** OpenID Connect standard claims (OIDC Core 5.1). */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** A user that is created. */
export type CreateUser = Omit<SeedUser, 'claims'>;

/** Which users, and how many. */
export interface UserSearchQuery {
  /** Default `email`, which is also the order. */
  readonly by?: UserListing['by'];
  /** How that begins. Default: all users. */
  readonly prefix?: string;
  /** `next` of the page before. Default: the first page. */
  readonly after?: string | null;
  /** Default 50, 1 to 500. */
  readonly limit?: number;
}

/**
 * Users, for host code. Trusted: checks no permissions, and does not keep the last administrator.
 *
 * With users of your own, each method needs one of your `UserDirectory`, and throws an AuthError `MANAGED_ELSEWHERE` that names it where it is not there.
 *
 * @example
 * const users = app.get(UsersService);
 * const user = await users.create({ email: 'ada@example.com', password: 'correct horse battery staple', roles: ['editor'] });
 * if (user) await users.disable(user.id); // sessions, tokens and keys have ended when this returns
 */
@Injectable()
export class UsersService {
  constructor(
    private readonly ports: HostPorts,
    private readonly store: UserStore,
    private readonly database: Database,
    private readonly lifecycle: SubjectLifecycle,
    private readonly subjects: SubjectStore,
    private readonly rules: PasswordRules,
    private readonly roles: UserRoles,
    private readonly ends: UserEnds,
    private readonly changes: UserChanges,
    private readonly events: AuthEvents,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /**
   * Creates a user. Nobody is told; a user without a password signs in by another way, or sets one by a link.
   * @returns null when somebody has the address
   * @throws AuthError 400 `INVALID_EMAIL`, `PASSWORD_TOO_SHORT`, `PASSWORD_TOO_LONG`, `PASSWORD_COMPROMISED`, `UNKNOWN_ROLE`
   *
   * @example
   * const user = await users.create({ email: 'ada@example.com', name: 'Ada', emailVerified: true });
   */
  async create(user: CreateUser): Promise<HostUser | null> {
    const email = normaliseEmail(user.email);
    if (email === null) throw AuthError.badRequest('INVALID_EMAIL', 'Invalid email');
    const name = user.name ?? email;
    if (user.password !== undefined) await this.rules.require(user.password, [email, name]);
    const created = await this.createWith(this.roles.require(user.roles ?? []), {
      email,
      name,
      emailVerified: user.emailVerified ?? false,
      image: user.image ?? null,
      password: user.password ?? null,
    });
    if (created) this.events.emit('user.created', { subjectId: created.id });
    return created;
  }

  async find(userId: string): Promise<HostUser | null> {
    return this.ports.users.get().find(userId);
  }

  async findByEmail(email: string): Promise<HostUser | null> {
    const normalised = normaliseEmail(email);
    return normalised === null ? null : findByAddress(this.ports.users.get(), normalised);
  }

  /**
   * Users whose address, name or id begins with a text, page by page, in its order. A page costs the same wherever it stands.
   * @throws AuthError 400 `INVALID_CURSOR`, `INVALID_LIMIT`
   *
   * @example
   * let page = await users.list({ by: 'name', prefix: 'ada' });
   * while (page.next !== null) page = await users.list({ by: 'name', prefix: 'ada', after: page.next });
   */
  async list({ by = 'email', prefix = '', after = null, limit = 50 }: UserSearchQuery = {}): Promise<UserPage> {
    if (!Number.isInteger(limit) || limit < 1 || limit > 500)
      throw AuthError.badRequest('INVALID_LIMIT', 'The limit is a whole number from 1 to 500');
    const users = this.ports.users.get();
    // Nobody has such an address, name or id.
    if (prefix.includes('\0') || !prefix.isWellFormed()) return { users: [], next: null };
    const start = by === 'email' ? prefix.trim().normalize('NFC').toLowerCase() : prefix;
    return requireMethod(users, 'list').call(users, { by, prefix: start, after, limit });
  }

  /**
   * Changes name or picture. @returns null when there is no such user
   *
   * @example
   * await users.update(id, { name: 'Ada Lovelace' });
   */
  async update(userId: string, change: { name?: string; image?: string | null }): Promise<HostUser | null> {
    const users = this.ports.users.get();
    return requireMethod(users, 'update').call(users, userId, change);
  }

  /**
   * Sets a password, and writes to the user about it. Sessions and tokens end unless `endSessions` is false; links and codes end in any case.
   * @throws AuthError 400 as for `create`, `USER_NOT_FOUND`, `USER_DISABLED`
   *
   * @example
   * await users.setPassword(id, 'another horse, another staple');
   */
  async setPassword(userId: string, password: string, { endSessions = true } = {}): Promise<void> {
    await this.changes.setPassword(userId, password, endSessions);
  }

  /** Notes that the address is the user's. @returns false when there is no such user */
  async markVerified(userId: string): Promise<boolean> {
    const users = this.ports.users.get();
    const write = requireMethod(users, 'markVerified');
    const user = await users.find(userId);
    return user !== null && this.database.transaction((tx) => write.call(users, tx, userId, user.email));
  }

  /**
   * Replaces what `@Roles` asks for. Sessions and tokens, which hold the roles of their sign-in, have ended when this returns.
   * @returns false when there is no such user
   * @throws AuthError 400 `UNKNOWN_ROLE`
   *
   * @example
   * await users.setRoles(id, ['editor', 'reviewer']);
   */
  async setRoles(userId: string, roles: readonly string[]): Promise<boolean> {
    return this.changes.setRoles(userId, roles, { keepsOne: false });
  }

  /**
   * Creates the user or updates the one with this e-mail address, in the default table. An existing password stays.
   * @throws AuthError 400 `INVALID_EMAIL`; Error when the users are the host's
   */
  async seed(user: SeedUser): Promise<{ id: string }> {
    if (this.settings.users !== null)
      throw new Error(
        'UsersService.seed: accounts.users is given, so the users are yours. Write them to your own table.',
      );
    const email = normaliseEmail(user.email);
    if (email === null) throw AuthError.badRequest('INVALID_EMAIL', 'Invalid email');
    const known = await this.store.findByEmail(email);
    const row = await this.store.upsert({
      id: known?.id ?? newId(),
      email,
      emailVerified: user.emailVerified ?? false,
      name: user.name ?? email,
      image: user.image ?? null,
      passwordHash: known || user.password === undefined ? null : await hashPassword(user.password),
      claims: user.claims ?? {},
    });
    const hasAll = user.roles === undefined || user.roles.join() === row.roles.join();
    if (!hasAll) await this.setRoles(row.id, user.roles!);
    return { id: row.id };
  }

  /**
   * Bans the user: they cannot sign in, and their sessions, tokens and API keys, also those being made, have ended when this returns.
   * @param terms why, for administrators, and after how many seconds they may sign in again. Default: when they are enabled
   *
   * @example
   * await users.disable(id, { reason: 'sends spam', seconds: 7 * 86_400 });
   */
  async disable(userId: string, terms: DisableTerms = {}): Promise<void> {
    await this.ends.end(userId, 'disabled', { ...terms, keepsOne: false });
  }

  /** Lets a disabled user sign in again. What ended (sessions, tokens, API keys) stays ended. @returns false when there is no such user */
  async enable(userId: string): Promise<boolean> {
    return this.lifecycle.enable(userId);
  }

  /** Whether the user is disabled now, since when, and why. @returns null when they are not */
  async disabled(userId: string): Promise<{ since: Date; reason: string | null; until: Date | null } | null> {
    const [found] = await this.subjects.disabled([userId]);
    return found ? { since: found.since, reason: found.reason, until: found.until } : null;
  }

  /**
   * Deletes the user and all that they hold. A directory of the host's is asked to delete its row in the same transaction (`end`), or after
   * the commit (`remove`); if that fails, call this again.
   */
  async forget(userId: string): Promise<void> {
    await this.ends.end(userId, 'forgotten', { keepsOne: false });
  }

  /** With roles in one transaction, where the directory can. */
  private async createWith(roles: readonly string[], draft: NewHostUser): Promise<HostUser | null> {
    const users = this.ports.users.get();
    if (roles.length === 0) return requireMethod(users, 'create').call(users, draft);
    const [createIn, setRoles] = [requireMethod(users, 'createIn'), requireMethod(users, 'setRoles')];
    return this.database.transaction(async (tx) => {
      const user = await createIn.call(users, tx, draft);
      if (user) await setRoles.call(users, tx, user.id, roles);
      return user && { ...user, roles };
    });
  }
}
