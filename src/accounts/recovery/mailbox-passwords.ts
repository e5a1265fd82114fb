import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { CredentialChanges } from '../own-account/credential-changes.js';

interface MailboxProof {
  /** Result of `SubjectStore.epoch` before the link or the code was made. */
  readonly epoch: number;
  readonly caller: Caller;
  /** Spends it, in the same transaction. */
  spend(tx: Transaction): Promise<void>;
}

/** A new password for whoever has shown, by a link or by a code, that the address is theirs: so it counts as verified. */
@Injectable()
export class MailboxPasswords {
  constructor(
    private readonly ports: HostPorts,
    private readonly changes: CredentialChanges,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** @throws AuthError 401 when user, address or another credential changed meanwhile; what `spend` throws */
  async set(user: HostUser, password: string, { epoch, caller, spend }: MailboxProof): Promise<void> {
    const users = this.ports.users.get();
    const { endSessions, endApiKeys } = this.settings.passwordReset;
    // Nobody had shown until now that the address is theirs: whoever made the account may be a stranger.
    const isFirstProof = users.markVerified !== undefined && !user.emailVerified;
    await this.changes.setPassword(password, {
      subjectId: user.id,
      change: isFirstProof ? 'owner' : 'password',
      epoch,
      endSessions: endSessions || isFirstProof,
      endApiKeys,
      caller,
      write: async (tx) => {
        await spend(tx);
        if ((await users.markVerified?.(tx, user.id, user.email)) === false)
          throw AuthError.invalidToken('the address is another one now');
      },
    });
  }
}
