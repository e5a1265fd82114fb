import { Inject, Injectable } from '@nestjs/common';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import type { Statement } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { Outbox } from '../../common/mail/outbox.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { deviceName } from '../../common/texts/device-name.js';
import type { SessionRow } from './session.statements.js';

interface SeenRow {
  is_new: boolean;
  has_others: boolean;
}

/** A row that nobody has updated was inserted (`xmax`): of two sign-ins at once from a new device, one is the first. */
const SEE: Statement = {
  name: 'auth_known_device_see',
  text: `INSERT INTO auth_known_device (device, subject) VALUES ($1, $2) ON CONFLICT (device) DO UPDATE SET seen_at = now()
         RETURNING xmax = 0 AS is_new, EXISTS (SELECT FROM auth_known_device o WHERE o.subject = $2 AND o.device <> $1) AS has_others`,
};
const FORGET: Statement = {
  name: 'auth_known_device_forget',
  text: 'DELETE FROM auth_known_device WHERE subject = $1',
};

const NOTICE_SECONDS = 86_400;

/** From which kinds of devices users sign in, so that they hear of a new one. */
@Injectable()
export class KnownDevices {
  constructor(
    private readonly outbox: Outbox,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** Orders a notice for a session on a device that is new. Not for a user's first device: that is where they have signed up. */
  async note(tx: Transaction, { subject, user_agent: userAgent, ip_address: ipAddress }: SessionRow): Promise<void> {
    const startedByHost = userAgent === null && ipAddress === null;
    if (!this.settings.notices.newSignIn || !this.outbox.isOn || startedByHost) return;
    const device = digestToBytes(sha256(`${subject} ${kindOf(userAgent)}`));
    const [seen] = await tx.query<SeenRow>(SEE, [device, subject]);
    if (!seen!.is_new || !seen!.has_others) return;
    await this.outbox.order(
      {
        kind: 'new-sign-in',
        subject,
        facts: { ipAddress, userAgent, device: deviceName(userAgent) },
        usefulSeconds: NOTICE_SECONDS,
      },
      tx,
    );
  }

  async forget(tx: Transaction, subject: string): Promise<void> {
    await tx.query(FORGET, [subject]);
  }
}

/** Without versions, which change every month. */
function kindOf(userAgent: string | null): string {
  return deviceName(userAgent) ?? (userAgent ?? '').replaceAll(/[\d.]+/g, '');
}
