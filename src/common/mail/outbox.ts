import type { Database, Executor } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';
import { AuthContext } from '../ports/auth-context.js';
import type { MailDeliveries } from './mail-deliveries.js';
import type { MailOrder } from './mail-composer.js';
import type { MailKind } from './mail.js';
import type { MailStore } from './mail.store.js';

/**
 * Orders of messages. A row, so that none is lost with the process or while the mail provider is away; sent after the answer, so that neither
 * its time nor its text tells whether somebody has an address.
 */
export class Outbox {
  constructor(
    private readonly database: Database,
    private readonly store: MailStore,
    private readonly deliveries: MailDeliveries,
    /** Whether the host has said how mail is sent. */
    readonly isOn: boolean,
  ) {}

  /** This process could not send messages lately: what is ordered now may come late. */
  get isDelayed(): boolean {
    return this.deliveries.areDelayed;
  }

  /** Whether a message of this kind about this subject was ordered and is not sent yet. */
  async isWaiting(tx: Transaction, kind: MailKind, subject: string): Promise<boolean> {
    return this.store.isWaiting(tx, kind, subject);
  }

  /** Takes back what was ordered of these kinds about this subject, and is not sent yet. */
  async withdraw(tx: Transaction, kinds: readonly MailKind[], subject: string): Promise<void> {
    await this.store.withdraw(tx, kinds, subject);
  }

  /**
   * Orders a message; without the host's mail, nothing. In the language of the present request.
   * @param tx the message is sent if it commits. Default: a statement of its own
   */
  async order(order: MailOrder, tx?: Transaction): Promise<void> {
    if (!this.isOn) return;
    const executor: Executor = tx ?? this.database;
    await this.store.insert(executor, order, AuthContext.requestContext?.language?.() ?? null);
    if (tx) tx.afterCommit(() => this.deliveries.kick());
    else this.deliveries.kick();
  }
}
