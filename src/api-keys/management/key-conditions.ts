import type { Transaction } from '../../common/database/transaction.js';
import type { ApiKeyOwner } from '../api-keys.options.js';
import type { ApiKeyRow } from '../keys/api-key.columns.js';

/** Further conditions of a change. */
export interface KeyConditions {
  /** The key must belong to this owner; any other key counts as unknown. Default: any owner. */
  readonly owner?: ApiKeyOwner | null;
  /** Runs in the transaction before the change, e.g. to keep the caller's session from ending; throws to veto. */
  readonly within?: (tx: Transaction) => Promise<void>;
  /** Whether `maxPerOwner` applies. Default false: host code and administration may exceed it. */
  readonly isBounded?: boolean;
  /**
   * Names one wish for a key that may be sent twice, as forms are: it makes one key, and within a minute gives the same one again. At least
   * 32 random bytes as text, which only the caller knows.
   */
  readonly order?: string;
}

type Limited = Pick<ApiKeyRow, 'remaining'>;

/**
 * Whether a change ends what was delegated from the key: those keys have copies of its settings, and live for minutes. A new name does not,
 * nor does a quota that is topped up, which they share.
 */
export function endsDelegated(changed: readonly string[], before: Limited, after: Limited): boolean {
  const isToppedUp = before.remaining !== null && after.remaining !== null;
  return changed.some((name) => name !== 'name' && !(name === 'remaining' && isToppedUp));
}
