import type { MailKind, MailMessage } from '../../src/index.js';
import { until } from './until.js';

type Of<Kind extends MailKind> = Extract<MailMessage, { kind: Kind }>;

/** What a host has sent: give `mail` to its options. */
export class Mailbox {
  readonly messages: MailMessage[] = [];
  /** Set to make sending fail with it. */
  fault: Error | null = null;

  readonly mail = async (message: MailMessage): Promise<void> => {
    if (this.fault) throw this.fault;
    this.messages.push(message);
  };

  /** The newest message of a kind to an address, once it is there. @param after how many messages do not count */
  async newest<Kind extends MailKind>(kind: Kind, to: string, after = 0): Promise<Of<Kind>> {
    const found = () => this.messages.slice(after).findLast((one) => one.kind === kind && one.to === to);
    await until(`a message ${kind} to ${to}`, () => found() !== undefined);
    return found() as Of<Kind>;
  }
}
