import { bytes, identifier, json, secondsFromNow, text } from '../database/columns.js';
import type { Executor, Statement } from '../database/database.js';
import { insertInto } from '../database/insert.js';
import type { Transaction } from '../database/transaction.js';

/** What a secret was made for. */
export type SecretFacts = Readonly<Record<string, string | number | null>>;

const SECRET = insertInto('auth_one_time_secret', {
  id: identifier('id'),
  purpose: text('purpose'),
  subject: text('subject'),
  hash: bytes('hash'),
  facts: json<SecretFacts>('facts'),
  lifetimeSeconds: secondsFromNow('expires_at'),
});

export interface NewSecret {
  readonly id: string;
  readonly purpose: string;
  readonly subject: string;
  readonly hash: Buffer;
  readonly facts: SecretFacts;
  readonly lifetimeSeconds: number;
}

export interface TakenRow {
  subject: string;
  facts: SecretFacts;
}

/** A token that was made, and is kept for a day after it has expired. */
export interface KnownRow extends TakenRow {
  used: boolean;
  expired: boolean;
}

/** What is under way: the secret itself is known to nobody but its owner. */
export interface LiveRow {
  purpose: string;
  facts: SecretFacts;
  expires_at: Date;
}

/** Who asks again and again must not be able to void what the owner has just got; so the newest few stay good. */
const MAX_LIVE = 3;

const LIVE = 'used_at IS NULL AND expires_at > now()';
const INSERT: Statement = {
  name: 'auth_one_time_secret_insert',
  text: `WITH surplus AS (
           DELETE FROM auth_one_time_secret WHERE id IN (
             SELECT id FROM auth_one_time_secret WHERE subject = ${SECRET.parameter('subject')} AND purpose = ${SECRET.parameter('purpose')} AND ${LIVE}
             ORDER BY created_at DESC OFFSET ${MAX_LIVE - 1}))
         ${SECRET.text} RETURNING expires_at`,
};
const TAKE: Statement = {
  name: 'auth_one_time_secret_take',
  text: `UPDATE auth_one_time_secret SET used_at = now() WHERE hash = $1 AND purpose = $2 AND ${LIVE} RETURNING subject, facts`,
};
const READ: Statement = {
  name: 'auth_one_time_secret_read',
  text: `SELECT subject, facts, used_at IS NOT NULL AS used, expires_at <= now() AS expired FROM auth_one_time_secret WHERE hash = $1 AND purpose = $2`,
};
const NEWEST: Statement = {
  name: 'auth_one_time_secret_newest',
  text: `SELECT purpose, facts, expires_at FROM auth_one_time_secret WHERE subject = $1 AND purpose = ANY($2) AND ${LIVE}
         ORDER BY created_at DESC LIMIT 1`,
};
const GUESSABLE = `attempts < $3 AND ${LIVE}`;
/**
 * Counted before it is compared: parallel guesses would all pass a check that counts afterwards. Locked in one order: parallel guesses at
 * several codes would deadlock.
 */
const GUESS: Statement = {
  name: 'auth_one_time_secret_guess',
  text: `UPDATE auth_one_time_secret SET attempts = attempts + 1
         WHERE id = ANY(ARRAY(SELECT id FROM auth_one_time_secret WHERE subject = $1 AND purpose = $2 AND ${GUESSABLE} ORDER BY id FOR UPDATE))
           AND ${GUESSABLE} RETURNING id, hash, facts`,
};
const HAS: Statement = {
  name: 'auth_one_time_secret_has',
  text: `SELECT id FROM auth_one_time_secret WHERE subject = $1 AND purpose = $2 AND attempts < $3 AND ${LIVE} LIMIT 1`,
};
const SPEND: Statement = {
  name: 'auth_one_time_secret_spend',
  text: `UPDATE auth_one_time_secret SET used_at = now() WHERE id = $1 AND ${LIVE} RETURNING id`,
};
const VOID: Statement = {
  name: 'auth_one_time_secret_void',
  text: `DELETE FROM auth_one_time_secret WHERE subject = $1 AND purpose = ANY($2) AND used_at IS NULL`,
};
const FORGET: Statement = {
  name: 'auth_one_time_secret_forget',
  text: 'DELETE FROM auth_one_time_secret WHERE subject = $1',
};

/** Every statement about secrets that are good once. */
export class OneTimeSecretStore {
  /** @returns when it expires */
  async insert(executor: Executor, secret: NewSecret): Promise<Date> {
    const [row] = await executor.query<{ expires_at: Date }>(INSERT, SECRET.values(secret));
    return row!.expires_at;
  }

  /** Spends a token. @returns null when it is unknown, spent or expired */
  async take(tx: Transaction, hash: Buffer, purpose: string): Promise<TakenRow | null> {
    const [row] = await tx.query<TakenRow>(TAKE, [hash, purpose]);
    return row ?? null;
  }

  /** A token, spent or expired as it may be; changes nothing. */
  async read(executor: Executor, hash: Buffer, purpose: string): Promise<KnownRow | null> {
    const [row] = await executor.query<KnownRow>(READ, [hash, purpose]);
    return row ?? null;
  }

  /** The newest that is still good. */
  async newest(executor: Executor, subject: string, purposes: readonly string[]): Promise<LiveRow | null> {
    const [row] = await executor.query<LiveRow>(NEWEST, [subject, purposes]);
    return row ?? null;
  }

  /** The codes that may still be guessed at; this guess is counted. */
  async guess(
    executor: Executor,
    subject: string,
    purpose: string,
    maxAttempts: number,
  ): Promise<{ id: string; hash: Buffer; facts: SecretFacts }[]> {
    return executor.query(GUESS, [subject, purpose, maxAttempts]);
  }

  /** Whether there is a code that may be guessed at. */
  async has(executor: Executor, subject: string, purpose: string, maxAttempts: number): Promise<boolean> {
    return (await executor.query(HAS, [subject, purpose, maxAttempts])).length > 0;
  }

  /** @returns false when it was spent meanwhile */
  async spend(tx: Transaction, id: string): Promise<boolean> {
    return (await tx.query(SPEND, [id])).length > 0;
  }

  async void(executor: Executor, subject: string, purposes: readonly string[]): Promise<void> {
    await executor.query(VOID, [subject, purposes]);
  }

  async forget(executor: Executor, subject: string): Promise<void> {
    await executor.query(FORGET, [subject]);
  }
}
