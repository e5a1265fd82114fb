import type { Executor } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';

/** One way by which a user can sign in: their password, or an account at an external provider. */
export interface SignInMethod {
  /** Unique among the user's methods. */
  readonly id: string;
  /** `credential` for the password, else the provider. */
  readonly providerId: string;
  /** The user's own id for the password, the provider's subject otherwise. */
  readonly accountId: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  /** Whether it would let them in today; false e.g. when the provider is not configured any more. */
  readonly usable: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * What a capability contributes to the sign-in methods of a user. "Never the last one away" counts over all of them, under the lock of
 * `SubjectStore.lock`: whoever removes one takes it first and lists within the same transaction.
 */
export interface SignInMethods {
  list(executor: Executor, subjectId: string): Promise<SignInMethod[]>;
  /** @returns false when the user has no method of this id here, or it cannot be removed */
  remove(tx: Transaction, subjectId: string, methodId: string): Promise<boolean>;
}
