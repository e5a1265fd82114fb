import type { Executor } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';

/** A way for a user to sign in: their password, or an account at an external provider. */
export interface SignInMethod {
  /** Unique among the user's methods. */
  readonly id: string;
  /** `credential` for the password, else the provider. */
  readonly providerId: string;
  /** The user's own id for the password, the provider's subject otherwise. */
  readonly accountId: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  /** Whether the user can sign in by it now; false e.g. when the provider is no longer configured. */
  readonly usable: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * The sign-in methods of users that one capability keeps. The rule that the last method stays counts those of all capabilities: before
 * removing one, take `SubjectStore.lock` and list them in the same transaction.
 */
export interface SignInMethods {
  /** They have a list and a page of their own: they count, but are neither shown nor removed among the linked accounts. */
  readonly haveOwnList?: true;
  list(executor: Executor, subjectId: string): Promise<SignInMethod[]>;
  /** @returns false when this capability has no such method of the user, or it cannot be removed */
  remove(tx: Transaction, subjectId: string, methodId: string): Promise<boolean>;
}
