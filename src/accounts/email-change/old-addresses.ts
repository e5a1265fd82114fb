import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { Outbox } from '../../common/mail/outbox.js';
import { OneTimeSecrets } from '../../common/one-time/one-time-secrets.js';
import type { Caller } from '../../common/ports/caller.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { emailChangePurpose, undoSubjectOf } from '../mails/email-change.purposes.js';

/** Writes to the address that a user had, whichever way they have changed it. */
@Injectable()
export class OldAddresses {
  constructor(
    private readonly outbox: Outbox,
    private readonly secrets: OneTimeSecrets,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /**
   * Orders the message, in the transaction of the change. Only one link takes changes back at a time, that to the oldest address: else whoever
   * changes it twice has the last word.
   * @param user as they were before
   */
  async tell(tx: Transaction, { id, email, emailVerified }: HostUser, to: string, caller: Caller): Promise<void> {
    // At an address that nobody has verified a stranger may read the mail.
    if (!emailVerified) return;
    const purpose = emailChangePurpose(this.settings, 'undo-email-change');
    const isFirst =
      !(await this.outbox.isWaiting(tx, 'email-changed', id)) &&
      !(await this.secrets.underWay(undoSubjectOf(id), [purpose], tx));
    const { address: ipAddress, userAgent } = caller;
    const facts = { from: email, to, undo: isFirst ? 'yes' : null, ipAddress, userAgent };
    await this.outbox.order({ kind: 'email-changed', subject: id, facts, usefulSeconds: purpose.lifetimeSeconds }, tx);
  }
}
