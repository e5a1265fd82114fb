import { identifier, json, orNull, secondsFromNow, text } from '../database/columns.js';
import type { Database, Executor, Statement } from '../database/database.js';
import { insertInto } from '../database/insert.js';
import { newId } from '../new-id.js';
import type { MailOrder } from './mail-composer.js';
import type { MailKind } from './mail.js';

export interface DueRow {
  id: string;
  kind: MailKind;
  subject: string;
  facts: Record<string, string | null>;
  language: string | null;
  /** With this one. */
  attempts: number;
  created_at: Date;
  useful_seconds: number;
}

/** Attempts at one message; with the waits below, the last one comes four hours after the first. */
export const MAX_ATTEMPTS = 8;
/** The wait after attempt n is this times 2 to the power of n - 1. Longer than an attempt may take, since it is the lease too. */
const FIRST_WAIT_SECONDS = 120;

const MAIL = insertInto('auth_mail', {
  id: identifier('id'),
  kind: text<MailKind>('kind'),
  subject: text('subject'),
  facts: json<Readonly<Record<string, string | null>>>('facts'),
  language: orNull(text('language')),
  usefulSeconds: secondsFromNow('expires_at'),
});
const INSERT: Statement = { name: 'auth_mail_insert', text: MAIL.text };
/**
 * The oldest orders. The same statement moves their next attempt into the future: other processes skip them, and a crash during an attempt
 * delays a message but does not lose it.
 */
const CLAIM: Statement = {
  name: 'auth_mail_claim',
  text: `UPDATE auth_mail SET attempts = attempts + 1,
           next_attempt_at = now() + ${FIRST_WAIT_SECONDS} * power(2, LEAST(attempts, ${MAX_ATTEMPTS - 1})) * interval '1 second'
         WHERE id = ANY(ARRAY(SELECT id FROM auth_mail WHERE next_attempt_at <= now() ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED))
         RETURNING id, kind, subject, facts, language, attempts, created_at, extract(epoch FROM expires_at - now())::float8 AS useful_seconds`,
};
const DONE: Statement = { name: 'auth_mail_done', text: 'DELETE FROM auth_mail WHERE id = $1' };
const FAILED: Statement = {
  name: 'auth_mail_failed',
  text: `UPDATE auth_mail SET last_error = $2,
           next_attempt_at = CASE WHEN attempts < ${MAX_ATTEMPTS} AND next_attempt_at < expires_at THEN next_attempt_at END
         WHERE id = $1 RETURNING next_attempt_at IS NULL AS given_up`,
};
const WAITING: Statement = {
  name: 'auth_mail_waiting',
  text: 'SELECT id FROM auth_mail WHERE subject = $1 AND kind = $2 LIMIT 1',
};
const WITHDRAW: Statement = {
  name: 'auth_mail_withdraw',
  text: 'DELETE FROM auth_mail WHERE subject = $1 AND kind = ANY($2)',
};
const FORGET: Statement = { name: 'auth_mail_forget', text: 'DELETE FROM auth_mail WHERE subject = $1' };

/** Every statement about orders of messages. */
export class MailStore {
  constructor(private readonly database: Database) {}

  async insert(executor: Executor, order: MailOrder, language: string | null): Promise<void> {
    const { kind, subject, facts = {}, usefulSeconds } = order;
    await executor.query(INSERT, MAIL.values({ id: newId(), kind, subject, facts, language, usefulSeconds }));
  }

  /** Claims orders for one attempt each. */
  async claim(limit: number): Promise<DueRow[]> {
    return this.database.query<DueRow>(CLAIM, [limit]);
  }

  /** The message was sent, or there was nobody to write to. */
  async finish(id: string): Promise<void> {
    await this.database.query(DONE, [id]);
  }

  /** @returns whether this was the last attempt */
  async fail(id: string, error: string): Promise<boolean> {
    const [row] = await this.database.query<{ given_up: boolean }>(FAILED, [id, error]);
    return row?.given_up ?? false;
  }

  /** Whether a message of this kind about this subject was not sent yet. */
  async isWaiting(executor: Executor, kind: MailKind, subject: string): Promise<boolean> {
    return (await executor.query(WAITING, [subject, kind])).length > 0;
  }

  /** Messages of these kinds about this subject are not sent any more. */
  async withdraw(executor: Executor, kinds: readonly MailKind[], subject: string): Promise<void> {
    await executor.query(WITHDRAW, [subject, kinds]);
  }

  /** Nothing is sent any more to a user who is gone. */
  async forget(executor: Executor, subject: string): Promise<void> {
    await executor.query(FORGET, [subject]);
  }
}
