import type { SigningKeys } from '../keys/signing-keys.js';
import { sweepWhere, type SweepTask } from '../sweeper/sweeper.js';

/**
 * Rows of subjects that were forgotten. A signed token without a session is ended by this row alone, so it stays until the longest one
 * has expired (T036); a day more is for clocks, and for tokens under way. How long they live is known when all capabilities are there.
 */
export function forgottenSubjects(keys: Pick<SigningKeys, 'longestTokenSeconds'>): SweepTask {
  const name = 'auth_subject';
  const task = () =>
    sweepWhere(
      name,
      'subject',
      `forgotten_at < now() - interval '1 day' - ${keys.longestTokenSeconds} * interval '1 second'`,
    );
  return {
    name,
    get statement() {
      return task().statement;
    },
  };
}
