import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DueWork } from '../due-work.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { Readers } from '../texts/readers.js';
import type { ComposedMail, DueMail, MailComposer } from './mail-composer.js';
import { writeLetter, type MailLook } from './mail-letter.js';
import type { DueRow, MailStore } from './mail.store.js';
import type { Mail, MailKind, MailMessage } from './mail.js';

declare module '../events/auth-events.js' {
  interface AuthEventMap {
    /** A message was not sent, and will not be tried again. `subject` is the id of a user, or an address. */
    'mail.failed': { mailId: string; kind: string; subject: string; reason: string };
  }
}

/** At once in one process: a provider takes more, and a pool of connections should serve requests. */
const AT_ONCE = 4;
/** Shorter than the lease of an attempt. */
const ATTEMPT_MILLISECONDS = 60_000;
const MAX_REASON_LENGTH = 200;

/** Sends the messages that were ordered: makes link or code, puts it into words, and gives it to the host. */
export class MailDeliveries {
  private readonly logger = new Logger('AuthMail');
  private readonly work = new DueWork(this.logger, { waiting: 'mail waits', startDue: () => this.startDue() });
  private underWay = 0;
  private failing = false;

  constructor(
    private readonly store: MailStore,
    private readonly composers: () => readonly MailComposer[],
    private readonly mail: () => Promise<Mail>,
    private readonly readers: Readers,
    private readonly look: MailLook,
    private readonly events: AuthEvents,
  ) {}

  /** The last message could not be sent. */
  get areFailing(): boolean {
    return this.failing;
  }

  start(): void {
    this.work.start();
  }

  async stop(): Promise<void> {
    await this.work.stop();
  }

  /** Resolves when nothing is being sent. */
  async settled(): Promise<void> {
    await this.work.settled();
  }

  kick(): void {
    this.work.kick();
  }

  private async startDue(): Promise<boolean> {
    const room = AT_ONCE - this.underWay;
    if (room <= 0) return false;
    const rows = await this.store.claim(room);
    for (const row of rows) {
      this.underWay++;
      this.work.begin(this.attempt(row), () => this.underWay--);
    }
    return rows.length > 0;
  }

  /** @throws AuthError when the database cannot be reached; the lease brings the message back */
  private async attempt(row: DueRow): Promise<void> {
    const composer = this.composers().find(({ kind }) => kind === row.kind);
    // Its capability was switched off since.
    if (!composer || row.useful_seconds <= 0) return this.store.finish(row.id);
    const composed = await composer.compose(dueMail(row));
    if (composed) {
      const fault = await this.send(this.messageOf(row, composed));
      this.failing = fault !== null;
      if (fault !== null) return this.fail(row, fault);
    }
    await this.store.finish(row.id);
  }

  private messageOf(row: DueRow, { to, userId, content, letter }: ComposedMail<MailKind>): MailMessage {
    const reader = this.readers.of(row.language);
    const envelope = { id: row.id, to, userId, language: reader.language, ...writeLetter(letter, this.look, reader) };
    return Object.freeze({ ...envelope, kind: row.kind, content }) as MailMessage;
  }

  /** @returns why it was not sent, without what is secret in it; null when it was */
  private async send(message: MailMessage): Promise<string | null> {
    const patience = new AbortController();
    const late = sleep(ATTEMPT_MILLISECONDS, undefined, { ref: false, signal: patience.signal }).then(() => {
      throw new Error(`no answer within ${ATTEMPT_MILLISECONDS / 1000} seconds`);
    });
    late.catch(() => undefined);
    try {
      await Promise.race([(await this.mail()).send(message), late]);
      return null;
    } catch (error) {
      const { url = null, code = null } = message.content as { url?: string; code?: string };
      const reason = [url, code].reduce<string>(
        (text, secret) => (secret === null ? text : text.replaceAll(secret, '…')),
        error instanceof Error ? error.message : String(error),
      );
      return reason.slice(0, MAX_REASON_LENGTH);
    } finally {
      patience.abort();
    }
  }

  private async fail(row: DueRow, reason: string): Promise<void> {
    const isOver = await this.store.fail(row.id, reason);
    this.logger.warn(`${row.kind} ${row.id} was not sent${isOver ? ', and is given up' : ''}: ${reason}`);
    if (isOver) this.events.emit('mail.failed', { mailId: row.id, kind: row.kind, subject: row.subject, reason });
  }
}

function dueMail({ id, kind, subject, facts, created_at: orderedAt, useful_seconds: usefulSeconds }: DueRow): DueMail {
  return { id, kind, subject, facts, orderedAt, usefulSeconds };
}
