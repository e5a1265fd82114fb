import { Inject, Injectable } from '@nestjs/common';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser, UserPage } from '../../common/ports/user-directory.js';
import { SubjectStore, type Disabled } from '../../common/subjects/subject.store.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { requireMethod } from '../users/own-directory.js';
import { userOf } from '../users/table-user-directory.js';
import { NO_ROLE, UserRoles } from '../users/user-roles.js';
import { UserTable, type UserTableQuery } from '../users/user-table.store.js';

/** A user as better-auth's administration shows them. */
export type AdministeredUserView = HostUser & {
  readonly role: string;
  readonly banned: boolean;
  readonly banReason: string | null;
  readonly banExpires: Date | null;
};

/** Users with what the administration knows of them: roles and bans. */
@Injectable()
export class AdministeredUsers {
  constructor(
    private readonly ports: HostPorts,
    private readonly table: UserTable,
    private readonly subjects: SubjectStore,
    private readonly roles: UserRoles,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  async list(query: UserTableQuery): Promise<{ users: AdministeredUserView[]; total: number }> {
    const { users, total } = this.settings.users === null ? await this.ofTable(query) : await this.ofHost(query);
    return { users: await this.views(users), total };
  }

  async view(user: HostUser): Promise<AdministeredUserView> {
    const [view] = await this.views([user]);
    return view!;
  }

  async views(users: readonly HostUser[]): Promise<AdministeredUserView[]> {
    const disabled = await this.subjects.disabled(users.map(({ id }) => id));
    const found = new Map(disabled.map((one) => [one.subjectId, one]));
    return Promise.all(users.map(async (user) => viewOf(user, await this.roles.of(user), found.get(user.id))));
  }

  private async ofTable(query: UserTableQuery): Promise<{ users: HostUser[]; total: number }> {
    const { rows, total } = await this.table.list(query);
    return { users: rows.map(userOf), total };
  }

  /** A directory of the host's lists by pages alone: those before the offset are walked over, and the total is what is known of it. */
  private async ofHost({ search, limit, offset }: UserTableQuery): Promise<{ users: HostUser[]; total: number }> {
    const users = this.ports.users.get();
    const list = requireMethod(users, 'list');
    const found: HostUser[] = [];
    let after: string | null = null;
    do {
      const wanted = Math.min(500, offset + limit - found.length);
      const { field: by = 'email', value: prefix = '' } = search ?? {};
      const page: UserPage = await list.call(users, { by, prefix, after, limit: wanted });
      found.push(...page.users);
      after = page.next;
    } while (after !== null && found.length < offset + limit);
    return { users: found.slice(offset), total: found.length + (after === null ? 0 : 1) };
  }
}

function viewOf(user: HostUser, roles: readonly string[], ban: Disabled | undefined): AdministeredUserView {
  return {
    ...user,
    role: roles.join(',') || NO_ROLE,
    banned: ban !== undefined,
    banReason: ban?.reason ?? null,
    banExpires: ban?.until ?? null,
  };
}
