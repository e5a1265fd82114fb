import type { Transaction } from '../database/transaction.js';

/** An account of somebody at another server: its issuer and the subject there, both never empty (T113). */
export interface ForeignAccount {
  readonly issuer: string;
  readonly accountId: string;
}

/** Port: whose accounts at other servers are linked to users. Filled by the account-linking capability. */
export interface LinkedAccounts {
  /** @returns the user to whom it is linked; null: nobody */
  ownerOf(account: ForeignAccount): Promise<string | null>;
  /**
   * Links it to a user who was made for it, in the same transaction.
   * @returns false when it is linked already
   */
  link(tx: Transaction, account: ForeignAccount, subjectId: string): Promise<boolean>;
}
