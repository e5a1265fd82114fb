import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { CredentialChanges } from '../own-account/credential-changes.js';

interface Claim {
  /** Result of `SubjectStore.epoch` before the mailbox was proven. */
  readonly epoch: number;
  readonly caller: Caller;
  /** Spends the proof, in the same transaction. */
  spend(tx: Transaction): Promise<void>;
}

/**
 * Accounts whose address nobody has verified: anybody may have made one, with a password that they know, to wait for the owner of the address.
 * When the owner comes, all that was set up before ends.
 */
@Injectable()
export class UnprovenAccounts {
  constructor(
    private readonly ports: HostPorts,
    private readonly changes: CredentialChanges,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Ends sessions, tokens, keys, and every way to sign in, and notes the address as verified.
   * @returns the epoch for a session to start now
   * @throws AuthError 403 `EMAIL_NOT_VERIFIED` where the host's directory lets none of this happen; 401 as `CredentialChanges.make`
   */
  async claim(user: HostUser, { epoch, caller, spend }: Claim): Promise<{ user: HostUser; epoch: number }> {
    const users = this.ports.users.get();
    if (!users.markVerified || (users.verifyPassword && !users.removePassword))
      throw AuthError.forbidden('EMAIL_NOT_VERIFIED', 'Email not verified');
    const renewed = await this.changes.make({
      subjectId: user.id,
      change: 'owner',
      epoch,
      endSessions: true,
      caller,
      write: async (tx) => {
        await spend(tx);
        if (!(await users.markVerified!(tx, user.id, user.email)))
          throw AuthError.invalidToken('the address is another one now');
        await users.removePassword?.(user.id, tx);
        tx.afterCommit(() => this.events.emit('email.verified', { subjectId: user.id }));
      },
    });
    return { user: { ...user, emailVerified: true }, epoch: renewed };
  }
}
