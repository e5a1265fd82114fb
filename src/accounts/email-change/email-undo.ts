import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { OneTimeSecrets, type SecretPurpose } from '../../common/one-time/one-time-secrets.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { emailChangePurpose, undoSubjectOf } from '../mails/email-change.purposes.js';
import { CredentialChanges } from '../own-account/credential-changes.js';
import { asInvalidLink } from './email-changes.js';
import { invalidLink } from './link-faults.js';

const BY_ADDRESS: RateLimit = { name: 'undo-email-address', max: 60, windowSeconds: 60 };

/**
 * Takes a change of address back, by the link that its old owner got: the address is theirs again, and what could open the account besides
 * the password ends: every session, and whatever was set up by who had it meanwhile, of which the owner was not told.
 */
@Injectable()
export class EmailUndo {
  constructor(
    private readonly ports: HostPorts,
    private readonly secrets: OneTimeSecrets,
    private readonly subjects: SubjectStore,
    private readonly limits: RateLimits,
    private readonly changes: CredentialChanges,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** The address that a link restores; null: the link is no longer good. Spends nothing. */
  async addressOf(token: string): Promise<string | null> {
    return (await this.find(token))?.email ?? null;
  }

  /**
   * Restores the address. The link went there, so it counts as verified.
   * @throws AuthError 401 `INVALID_TOKEN`, also when somebody else has the address now, 429
   */
  async undo(token: string, caller: Caller): Promise<void> {
    await this.limits.consume(BY_ADDRESS, addressKey(caller.address));
    const found = await this.find(token);
    const epoch = found && (await this.subjects.epoch(found.userId));
    if (!found || epoch === null) throw invalidLink();
    const { userId, email } = found;
    const write = async (tx: Transaction) => {
      if (!(await this.secrets.takeToken(tx, this.purpose, token))) throw invalidLink();
      if (!(await this.ports.users.get().changeEmail!(tx, userId, email))) throw invalidLink();
      await this.secrets.void(tx, undoSubjectOf(userId), [this.purpose]);
    };
    await this.changes
      .make({ subjectId: userId, change: 'owner', epoch, endSessions: true, caller, write })
      .catch(asInvalidLink);
  }

  private async find(token: string): Promise<{ readonly userId: string; readonly email: string } | null> {
    const found = await this.secrets.readToken(this.purpose, token);
    const users = this.ports.users.get();
    if (!found || found.used || found.expired || !users.changeEmail) return null;
    const { userId, email } = found.facts as Record<string, string>;
    return (await users.find(userId!)) && { userId: userId!, email: email! };
  }

  private get purpose(): SecretPurpose {
    return emailChangePurpose(this.settings, 'undo-email-change');
  }
}
