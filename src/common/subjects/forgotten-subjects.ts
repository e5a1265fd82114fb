import type { SigningKeys } from '../keys/signing-keys.js';
import { sweepWhere, type SweepTask } from '../sweeper/sweeper.js';

/**
 * Deletes rows of forgotten subjects. Only this row ends a JWT without a session, so it stays until the longest-lived JWT has expired
 * (T036), and a day more for clock skew and writes in flight. That lifetime is known only once all capabilities have started, hence the getter.
 */
export function forgottenSubjects(keys: Pick<SigningKeys, 'longestTokenSeconds'>): SweepTask {
  const name = 'auth_subject';
  const task = () =>
    sweepWhere(
      name,
      'subject',
      `forgotten_at < now() - interval '1 day' - ${keys.longestTokenSeconds} * interval '1 second'`,
      'forgotten_at',
    );
  return {
    name,
    get statement() {
      return task().statement;
    },
  };
}
