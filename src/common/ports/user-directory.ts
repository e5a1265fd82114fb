import { unicodeSpelling } from '../email.js';
import type { Executor } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';
import type { SubjectEnd } from '../subjects/subject.store.js';

/** The members of a user that this project needs. Ids are opaque texts: a host with integer ids gives `String(id)`. */
export interface HostUser {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly image?: string | null;
  /** What `@Roles` asks for. Default: none. */
  readonly roles?: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Further public members; returned unchanged by get-session and sign-in, and passed to `customClaims`. */
  readonly [member: string]: unknown;
}

export interface NewHostUser {
  /** Normalised: trimmed, NFC, ASCII lower case. */
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly image: string | null;
  /** Plain text, which the directory must hash; null for users who sign in elsewhere. */
  readonly password: string | null;
}

/** Which users, in which order: that of the column they are found by, as bytes. */
export interface UserListing {
  readonly by: 'email' | 'name' | 'id';
  /** Of that column; empty: all users. Normalised where it is of an address; the case of ASCII letters does not matter in a name. */
  readonly prefix: string;
  /** `next` of the page before; null: the first page. */
  readonly after: string | null;
  /** 1 to 500. */
  readonly limit: number;
}

export interface UserPage {
  readonly users: readonly HostUser[];
  /** For `after` of the next page; null: this is the last. */
  readonly next: string | null;
}

/**
 * Port: where users are stored. The accounts capability fills it with its own table, or with the host's directory
 * (`accounts: { users: … }`), and then has no table for users.
 */
export interface UserDirectory {
  /** Must accept any text, even one that cannot be an id of the host. @returns null when no user has this id */
  find(subjectId: string): Promise<HostUser | null>;
  /** @param email normalised as in NewHostUser */
  findByEmail(email: string): Promise<HostUser | null>;
  /** @returns null when the e-mail address is taken */
  create?(user: NewHostUser): Promise<HostUser | null>;
  /**
   * As `create`, inside our transaction, for the first sign-in through an external provider: user and linked account are created together
   * or not at all. Use `tx.query` only. Without this method `create` is called before; after a crash in between, the user exists but cannot sign in.
   */
  createIn?(tx: Transaction, user: NewHostUser): Promise<HostUser | null>;
  update?(subjectId: string, change: { name?: string; image?: string | null }): Promise<HostUser | null>;
  /** Whether this is the user's password. Without this method, sign-in by password is refused. Must take the same time for a user without one. */
  verifyPassword?(subjectId: string, password: string): Promise<boolean>;
  /**
   * When the user's password was set and last changed, as far as known; null when they have none. Without this method a password does not
   * count as a sign-in method, and the user cannot remove their last linked account.
   * @param executor use it for the query: inside a transaction it is the only connection available
   */
  passwordDates?(subjectId: string, executor: Executor): Promise<{ createdAt: Date; updatedAt: Date } | null>;
  /** Removes the password of a user who signs in elsewhere. Without this method it stays. */
  removePassword?(subjectId: string, tx: Transaction): Promise<void>;
  /**
   * Prepares a change of password: hash it here, while nothing is locked.
   * @returns a function that writes the hash, called in the transaction that ends the old password, so that both happen or neither does.
   *   Write through `tx.query` only: another connection would deadlock with this transaction.
   */
  preparePassword?(subjectId: string, password: string): Promise<(tx: Transaction) => Promise<void>>;
  /**
   * Notes that the user has read mail at this address, if it is still theirs. Without this method, addresses are verified elsewhere.
   * @param tx as for `preparePassword`
   * @returns false when the user has another address now
   */
  markVerified?(tx: Transaction, subjectId: string, email: string): Promise<boolean>;
  /**
   * Gives the user another address, which counts as verified. Without this method, addresses are changed elsewhere.
   * @param tx as for `preparePassword`
   * @returns false when the address is taken
   */
  changeEmail?(tx: Transaction, subjectId: string, email: string): Promise<boolean>;
  /** For the administration. Without this method users are found by their whole address or id only. @throws AuthError 400 for a bad `after` */
  list?(listing: UserListing): Promise<UserPage>;
  /**
   * Replaces what `@Roles` asks for. Without this method roles are given elsewhere.
   * @param tx as for `preparePassword`
   * @returns false when there is no such user
   */
  setRoles?(tx: Transaction, subjectId: string, roles: readonly string[]): Promise<boolean>;
  /**
   * Whether this user has one of these roles, and nobody else, who may sign in, does. Asked under a lock, so that one administrator stays.
   * Without this method nothing sees to that.
   * @param tx as for `preparePassword`
   */
  isLastWith?(tx: Transaction, subjectId: string, roles: readonly string[]): Promise<boolean>;
  /**
   * Runs inside the transaction that ends what the user holds: `disabled` may mark the row, `forgotten` delete it, so that both happen
   * or neither does. For users in the same database. Use `tx.query` only: another connection would deadlock with this transaction.
   */
  end?(tx: Transaction, subjectId: string, end: SubjectEnd): Promise<void>;
  /** Deletes the user, after the transaction that ended their sessions, tokens and API keys. For users in another database. */
  remove?(subjectId: string): Promise<void>;
  /** OpenID Connect claims for these scopes. Default: made from the members of `HostUser`. */
  claims?(subjectId: string, scopes: readonly string[]): Promise<Record<string, unknown>>;
}

/** The user with this address; also finds those who signed up with its Unicode spelling, before domains were converted to ASCII. */
export async function findByAddress(users: UserDirectory, email: string): Promise<HostUser | null> {
  const other = unicodeSpelling(email);
  return (await users.findByEmail(email)) ?? (other === null ? null : users.findByEmail(other));
}
