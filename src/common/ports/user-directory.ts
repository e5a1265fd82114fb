import { unicodeSpelling } from '../email.js';
import type { Executor } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';
import type { SubjectEnd } from '../subjects/subject.store.js';

/** A user as this project needs to know them. Ids are opaque text: a host with integer ids gives `String(id)`. */
export interface HostUser {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly image?: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Further public members; shown as they are in get-session and sign-in answers, and given to `customClaims`. */
  readonly [member: string]: unknown;
}

export interface NewHostUser {
  /** Normalised: trimmed, NFC, ASCII lower case. */
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly image: string | null;
  /** Plain text, to be hashed by the directory; null for users who sign in elsewhere. */
  readonly password: string | null;
}

/**
 * Port: where users live. The accounts capability fills it with its own table, or with the host's directory
 * (`accounts: { users: … }`), and then has no table for users at all.
 */
export interface UserDirectory {
  /** Asked for any text, also for what no id of the host's looks like. @returns null when it is nobody's */
  find(subjectId: string): Promise<HostUser | null>;
  /** @param email normalised as in NewHostUser */
  findByEmail(email: string): Promise<HostUser | null>;
  /** @returns null when the e-mail address is taken */
  create?(user: NewHostUser): Promise<HostUser | null>;
  /**
   * The same inside our transaction, for somebody's first sign-in through an external provider: user and linked account come together or
   * not at all. Use `tx.query` only. Without it `create` is called before; should we die in between, that user has an address and no way in.
   */
  createIn?(tx: Transaction, user: NewHostUser): Promise<HostUser | null>;
  update?(subjectId: string, change: { name?: string; image?: string | null }): Promise<HostUser | null>;
  /** Whether this is the user's password. Without it, sign-in by password is refused. Must take the same time for a user without one. */
  verifyPassword?(subjectId: string, password: string): Promise<boolean>;
  /**
   * Since when the user has a password and when it was last changed, as far as known; null when they have none. Without this method a password
   * does not count as a sign-in method, and their last linked account stays.
   * @param executor ask through it: inside a transaction it is the one connection there is
   */
  passwordDates?(subjectId: string, executor: Executor): Promise<{ createdAt: Date; updatedAt: Date } | null>;
  /** Takes the password away; the user signs in elsewhere. Without this method it stays. */
  removePassword?(subjectId: string, tx: Transaction): Promise<void>;
  /**
   * Prepares a change of password: hash it here, where nothing is locked.
   * @returns what writes it, in the transaction that makes the old one worthless, so that both happen or neither does. Write through
   *   `tx.query` only: another connection would wait for one that waits for it.
   */
  preparePassword?(subjectId: string, password: string): Promise<(tx: Transaction) => Promise<void>>;
  /**
   * Runs inside the transaction that ends what the user holds: `disabled` may mark the row, `forgotten` delete it, and then both happen
   * or neither does. For users in the same database. Use `tx.query` only: another connection would wait for one that waits for it.
   */
  end?(tx: Transaction, subjectId: string, end: SubjectEnd): Promise<void>;
  /** Deletes the user, after their sessions, tokens and keys have ended and that is committed. For users who live elsewhere. */
  remove?(subjectId: string): Promise<void>;
  /** OpenID Connect claims for these scopes. Default: those of the members above. */
  claims?(subjectId: string, scopes: readonly string[]): Promise<Record<string, unknown>>;
}

/** The user of an address, whichever spelling of its domain was signed up with before domains were brought to ASCII. */
export async function findByAddress(users: UserDirectory, email: string): Promise<HostUser | null> {
  const other = unicodeSpelling(email);
  return (await users.findByEmail(email)) ?? (other === null ? null : users.findByEmail(other));
}
