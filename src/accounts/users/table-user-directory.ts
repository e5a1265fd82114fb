import type { Executor } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { claimsOfScopes, claimsOfUser } from '../../common/ports/standard-claims.js';
import type { HostUser, NewHostUser, UserDirectory, UserListing, UserPage } from '../../common/ports/user-directory.js';
import type { SubjectEnd } from '../../common/subjects/subject.store.js';
import { checkPassword, hashPassword } from '../passwords/password-hasher.js';
import type { UserSearch } from './user-search.store.js';
import type { UserRow, UserStore } from './user.store.js';
import { newId } from '../../common/new-id.js';

/** The default user directory: our own table. */
export class TableUserDirectory implements UserDirectory {
  constructor(
    private readonly store: UserStore,
    private readonly searches: UserSearch,
  ) {}

  async find(subjectId: string): Promise<HostUser | null> {
    return toUser(await this.store.find(subjectId));
  }

  async findByEmail(email: string): Promise<HostUser | null> {
    return toUser(await this.store.findByEmail(email));
  }

  async create(user: NewHostUser): Promise<HostUser | null> {
    return this.insert(user);
  }

  async createIn(tx: Transaction, user: NewHostUser): Promise<HostUser | null> {
    return this.insert(user, tx);
  }

  async update(subjectId: string, change: { name?: string; image?: string | null }): Promise<HostUser | null> {
    return toUser(await this.store.update(subjectId, change));
  }

  async verifyPassword(subjectId: string, password: string): Promise<boolean> {
    const stored = await this.store.passwordHash(subjectId);
    const check = await checkPassword(password, stored);
    if (check.matches && check.outdated && stored !== null) {
      await this.store.upgradePassword(subjectId, stored, await hashPassword(password));
    }
    return check.matches;
  }

  async preparePassword(subjectId: string, password: string): Promise<(tx: Transaction) => Promise<void>> {
    const hash = await hashPassword(password);
    return (tx) => this.store.setPassword(tx, subjectId, hash);
  }

  async markVerified(tx: Transaction, subjectId: string, email: string): Promise<boolean> {
    return this.store.markVerified(tx, subjectId, email);
  }

  async changeEmail(tx: Transaction, subjectId: string, email: string): Promise<boolean> {
    return this.store.changeEmail(tx, subjectId, email);
  }

  async list(listing: UserListing): Promise<UserPage> {
    const { rows, next } = await this.searches.page(listing);
    return { users: rows.map(userOf), next };
  }

  async setRoles(tx: Transaction, subjectId: string, roles: readonly string[]): Promise<boolean> {
    return this.store.setRoles(tx, subjectId, roles);
  }

  async isLastWith(tx: Transaction, subjectId: string, roles: readonly string[]): Promise<boolean> {
    return this.store.isLastWith(tx, subjectId, roles);
  }

  async passwordDates(subjectId: string, executor: Executor): Promise<{ createdAt: Date; updatedAt: Date } | null> {
    const row = await this.store.withPassword(subjectId, executor);
    return row && { createdAt: row.created_at, updatedAt: row.updated_at };
  }

  async removePassword(subjectId: string, tx: Transaction): Promise<void> {
    await this.store.setPassword(tx, subjectId, null);
  }

  async claims(subjectId: string, scopes: readonly string[]): Promise<Record<string, unknown>> {
    const row = await this.store.find(subjectId);
    const user = toUser(row);
    return row && user ? claimsOf(row, user, new Set(scopes)) : {};
  }

  /** Deletes the row of a forgotten user in the transaction that ends what they hold. */
  async end(tx: Transaction, subjectId: string, end: SubjectEnd): Promise<void> {
    if (end === 'forgotten') await this.store.remove(tx, subjectId);
  }

  private async insert(user: NewHostUser, tx?: Transaction): Promise<HostUser | null> {
    // Hashed before the address is known to be free, so that a taken one takes as long (T121).
    const passwordHash = user.password === null ? null : await hashPassword(user.password);
    return toUser(await this.store.insert({ ...user, id: newId(), passwordHash, claims: {} }, tx));
  }
}

/** Claims from columns, and those of the other claims of these scopes (OIDC Core 5.4) that the row has. */
function claimsOf(row: UserRow, user: HostUser, scopes: ReadonlySet<string>): Record<string, unknown> {
  // A picture comes from its column only, so that users who removed theirs have none.
  const names = claimsOfScopes(scopes).filter((name) => name !== 'picture' && Object.hasOwn(row.claims, name));
  return { ...Object.fromEntries(names.map((name) => [name, row.claims[name]])), ...claimsOfUser(user, scopes) };
}

function toUser(row: UserRow | null): HostUser | null {
  return row && userOf(row);
}

export function userOf(row: UserRow): HostUser {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    emailVerified: row.email_verified,
    image: row.image,
    roles: Object.freeze([...row.roles]),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
