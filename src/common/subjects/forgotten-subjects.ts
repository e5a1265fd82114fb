import { clientOfSubject } from './client-subject.js';
import type { SigningKeys } from '../keys/signing-keys.js';
import { sweepWhere, type SweepTask } from '../sweeper/sweeper.js';

/**
 * Deletes rows of forgotten subjects. Only this row ends a JWT without a session, so it stays until the longest-lived JWT has expired
 * (T036), and a day more for clock skew and writes in flight; that of a client also as long as tokens that were written while it ended: if the
 * client is put back, only this row knows that they have ended (T107). That lifetime is known only once all capabilities have started, hence the getter.
 */
export function forgottenSubjects(keys: Pick<SigningKeys, 'longestTokenSeconds'>): SweepTask {
  const name = 'auth_subject';
  const task = () =>
    sweepWhere(
      name,
      'subject',
      `forgotten_at < now() - interval '1 day' - ${keys.longestTokenSeconds} * interval '1 second'
         AND NOT EXISTS (SELECT FROM auth_token_family f WHERE f.client_id = ${clientOfSubject('auth_subject.subject')}
                           AND f.revoked_at IS NULL AND f.expires_at > now())`,
      'forgotten_at',
    );
  return {
    name,
    get statement() {
      return task().statement;
    },
  };
}
