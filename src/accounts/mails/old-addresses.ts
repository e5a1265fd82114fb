import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { Outbox } from '../../common/mail/outbox.js';
import { OneTimeSecrets } from '../../common/one-time/one-time-secrets.js';
import type { Caller } from '../../common/ports/caller.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { emailChangePurpose, undoSubjectOf } from './email-change.purposes.js';

/** Another address that a user gets. */
interface NewAddress {
  readonly to: string;
  readonly caller: Caller;
  /** Somebody who may do this has decided it, such as an administrator: it is told, and not taken back by who reads the old mailbox. */
  readonly isFinal?: true;
}

/** Writes to the address that a user had, however it became another: all other mail goes to the new one. */
@Injectable()
export class OldAddresses {
  constructor(
    private readonly outbox: Outbox,
    private readonly secrets: OneTimeSecrets,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /**
   * Not to an address that nobody has verified: a stranger may read the mail there. Only one link takes changes back at a time, that to the
   * oldest address: else whoever changes it twice has the last word.
   * @param user as they were before
   */
  async tell(tx: Transaction, { id, email: from, emailVerified }: HostUser, { to, caller, isFinal }: NewAddress) {
    if (!emailVerified) return;
    const purpose = emailChangePurpose(this.settings, 'undo-email-change');
    const takesBack =
      !isFinal &&
      !(await this.outbox.isWaiting(tx, 'email-changed', id)) &&
      !(await this.secrets.underWay(undoSubjectOf(id), [purpose], tx));
    const { address: ipAddress, userAgent } = caller;
    const facts = { from, to, undo: takesBack ? 'yes' : null, ipAddress, userAgent };
    await this.outbox.order({ kind: 'email-changed', subject: id, facts, usefulSeconds: purpose.lifetimeSeconds }, tx);
  }
}
