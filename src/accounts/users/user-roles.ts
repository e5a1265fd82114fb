import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Statement } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { ACCOUNTS_SETTINGS, isRole, type AccountsSettings } from '../accounts.settings.js';

/** Having no role, as better-auth's wire calls it. */
export const NO_ROLE = 'user';
const MAX_ROLES = 32;
/** Before whatever else these transactions lock: of two administrators who take each other's role, the second finds that they are the last. */
const LOCK: Statement = {
  name: 'auth_user_lock_administrators',
  text: `SELECT pg_advisory_xact_lock(hashtext('nest-authority administrators'))`,
};

/** Which roles there are, who has them, and that one administrator stays. */
@Injectable()
export class UserRoles {
  constructor(
    private readonly ports: HostPorts,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** What `@Roles` asks for. */
  async of(user: HostUser): Promise<readonly string[]> {
    return (await this.settings.hooks.resolveRoles?.(user)) ?? user.roles ?? [];
  }

  /** Roles of administrators; empty: there are none here. */
  get ofAdministrators(): readonly string[] {
    return this.settings.administrators?.roles ?? [];
  }

  areOfAdministrator(roles: Iterable<string>): boolean {
    return [...roles].some((role) => this.ofAdministrators.includes(role));
  }

  /** Whether the routes of administrators may give it. */
  isKnown(role: string): boolean {
    return this.ofAdministrators.includes(role) || (this.settings.roles ?? []).includes(role);
  }

  /**
   * @returns each once
   * @throws AuthError 400 `UNKNOWN_ROLE` for one that is not of the option `roles`, if that is given, or no role at all
   */
  require(roles: readonly string[]): readonly string[] {
    const fits = (role: string) => (this.settings.roles === null ? isRole(role) : this.isKnown(role));
    if (roles.length > MAX_ROLES || !roles.every(fits))
      throw AuthError.badRequest('UNKNOWN_ROLE', 'There is no such role, or there are too many');
    return [...new Set(roles)];
  }

  /**
   * First in the transaction that takes a role or a user away.
   * @throws AuthError 400 `LAST_ADMINISTRATOR` when this is one, and nobody else, who may sign in, is
   */
  async requireOtherAdministrator(tx: Transaction, subjectId: string): Promise<void> {
    const users = this.ports.users.get();
    if (this.ofAdministrators.length === 0 || !users.isLastWith) return;
    await tx.query(LOCK, []);
    if (!(await users.isLastWith(tx, subjectId, this.ofAdministrators))) return;
    throw AuthError.badRequest('LAST_ADMINISTRATOR', 'This is the last administrator. Make another one first.');
  }
}
