import type { Transaction } from '../database/transaction.js';
import type { Caller } from './caller.js';
import type { HostUser } from './user-directory.js';

/**
 * What of a user's credentials has become another. `owner`: somebody has shown that the address is theirs, which whoever made the account never
 * has; what was set up before is not theirs, and ends.
 */
export type CredentialChange = 'password' | 'email' | 'factor' | 'owner';

/** What has become of the factors of a user. */
export type FactorChange =
  'app-added' | 'mail-codes-added' | 'factor-removed' | 'codes-replaced' | 'passkey-added' | 'passkey-removed';

/** What changes, and what ends with it. */
export interface ChangeTerms {
  readonly subjectId: string;
  readonly change: CredentialChange;
  /** Of a `factor`: what the user is told. */
  readonly factor?: FactorChange;
  /** Result of `SubjectStore.epoch` before the user proved that they may do this. */
  readonly epoch: number;
  /** Also ends all sessions and tokens given before. */
  readonly endSessions: boolean;
  /** Also ends API keys; default: those of an account that has another `owner`. */
  readonly endApiKeys?: boolean;
  readonly caller: Caller;
  /** The change itself, in the same transaction. */
  write(tx: Transaction): Promise<void>;
}

/** A change, as it is told to those who keep something under a credential. */
export type CredentialChanged = Pick<ChangeTerms, 'change' | 'endApiKeys'>;

/** Port: the one step by which a credential becomes another, filled by the accounts capability. */
export interface CredentialChangePort {
  /**
   * @returns the epoch for a session to start now
   * @throws AuthError 401 when another change came first and made the proof worthless
   */
  make(terms: ChangeTerms): Promise<number>;
  /** Whether this is the user's password, counted as a sign-in attempt is. @throws AuthError 400 `INVALID_PASSWORD`, 429 */
  confirmPassword(user: HostUser, password: string, caller: Caller): Promise<void>;
}
