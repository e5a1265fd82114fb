import { Injectable } from '@nestjs/common';
import type { Mail, MailMessage } from 'nest-authority';

/** The oldest go first. */
const MAX_MESSAGES = 50;

/** In place of a mail provider: keeps the newest messages of this process, for everybody to read. */
@Injectable()
export class Mailbox implements Mail {
  private kept: readonly MailMessage[] = [];

  /** The newest first. */
  get messages(): readonly MailMessage[] {
    return this.kept;
  }

  async send(message: MailMessage): Promise<void> {
    this.kept = [message, ...this.kept.filter(({ id }) => id !== message.id)].slice(0, MAX_MESSAGES);
  }
}
