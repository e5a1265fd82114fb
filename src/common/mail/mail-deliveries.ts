import { Logger } from '@nestjs/common';
import { aMomentLater } from '../a-moment-later.js';
import { DueWork } from '../due-work.js';
import { normaliseEmail } from '../email.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { Readers } from '../texts/readers.js';
import type { ComposedMail, DueMail, MailComposer } from './mail-composer.js';
import { MailDelays } from './mail-delays.js';
import { faultOf } from './mail-fault.js';
import { writeLetter, type MailLook } from './mail-letter.js';
import { MAX_ATTEMPTS, type DueRow, type MailStore } from './mail.store.js';
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
/** What is under way when the application ends has this long: a process that ends slowly is killed. */
const END_MILLISECONDS = 10_000;

/** Sends the messages that were ordered: makes link or code, puts it into words, and gives it to the host. */
export class MailDeliveries {
  private readonly logger = new Logger('AuthMail');
  private readonly work = new DueWork(this.logger, { waiting: 'mail waits', startDue: () => this.startDue() });
  private readonly delays = new MailDelays();
  private readonly underWay = new Set<AbortController>();
  /** A run is about to begin. */
  private soon: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: MailStore,
    private readonly composers: () => readonly MailComposer[],
    private readonly mail: () => Promise<Mail>,
    private readonly readers: Readers,
    private readonly look: MailLook,
    private readonly events: AuthEvents,
  ) {}

  /** Messages could not be sent lately. */
  get areDelayed(): boolean {
    return this.delays.areThere();
  }

  start(): void {
    this.work.start();
  }

  /** What is under way ends, or is left to the next process. */
  async stop(): Promise<void> {
    clearTimeout(this.soon);
    const end = setTimeout(() => {
      for (const attempt of this.underWay) attempt.abort(new Error('the application has ended'));
    }, END_MILLISECONDS);
    await this.work.stop();
    clearTimeout(end);
  }

  /** Resolves when nothing is being sent. */
  async settled(): Promise<void> {
    await this.work.settled();
  }

  /** Something was ordered: it is sent in a moment. */
  kick(): void {
    this.soon ??= aMomentLater(() => {
      this.soon = undefined;
      this.work.kick();
    });
  }

  private async startDue(): Promise<boolean> {
    const room = AT_ONCE - this.underWay.size;
    if (room <= 0) return false;
    const rows = await this.store.claim(room);
    for (const row of rows) {
      const patience = new AbortController();
      this.underWay.add(patience);
      this.work.begin(this.attempt(row, patience), () => this.underWay.delete(patience));
    }
    return rows.length > 0;
  }

  /** @throws AuthError when the database cannot be reached; the lease brings the message back */
  private async attempt(row: DueRow, patience: AbortController): Promise<void> {
    const composer = this.composers().find(({ kind }) => kind === row.kind);
    // Its capability was switched off since.
    if (!composer) return this.store.finish(row.id);
    if (row.useful_seconds <= 0) return this.fail(row, 'it would come too late');
    // A process that ends during an attempt says nothing of it.
    if (row.attempts > MAX_ATTEMPTS) return this.fail(row, 'no attempt came to its end');
    const fault = await this.send(composer, row, patience);
    if (fault === null) return this.store.finish(row.id);
    this.delays.noteFailure(row.subject);
    return this.fail(row, fault);
  }

  /** @returns why it was not sent; null when it was, or there is nobody to write to */
  private async send(composer: MailComposer, row: DueRow, patience: AbortController): Promise<string | null> {
    const { signal } = patience;
    let message: MailMessage | null = null;
    const sending = async () => {
      const composed = await composer.compose(dueMail(row));
      // Whoever has the lease now sends it.
      if (!composed || signal.aborted) return;
      message = this.messageOf(row, composed);
      await (await this.mail()).send(message);
    };
    const late = setTimeout(() => {
      patience.abort(new Error(`no answer within ${ATTEMPT_MILLISECONDS / 1000} seconds`));
    }, ATTEMPT_MILLISECONDS).unref();
    try {
      await Promise.race([sending(), endOf(signal)]);
      return null;
    } catch (error) {
      return faultOf(error, message);
    } finally {
      clearTimeout(late);
    }
  }

  /** @throws Error when the host's user has something else for an address, such as several */
  private messageOf(row: DueRow, { to, userId, content, letter }: ComposedMail<MailKind>): MailMessage {
    if (normaliseEmail(to) === null || to.trim() !== to) throw new Error('the address is none');
    const reader = this.readers.of(row.language);
    const envelope = { id: row.id, to, userId, language: reader.language, ...writeLetter(letter, this.look, reader) };
    return Object.freeze({ ...envelope, kind: row.kind, content }) as MailMessage;
  }

  private async fail(row: DueRow, reason: string): Promise<void> {
    const isOver = await this.store.fail(row.id, reason);
    this.logger.warn(`${row.kind} ${row.id} was not sent${isOver ? ', and is given up' : ''}: ${reason}`);
    if (isOver) this.events.emit('mail.failed', { mailId: row.id, kind: row.kind, subject: row.subject, reason });
  }
}

function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

function dueMail({ id, kind, subject, facts, created_at: orderedAt, useful_seconds: usefulSeconds }: DueRow): DueMail {
  return { id, kind, subject, facts, orderedAt, usefulSeconds };
}
