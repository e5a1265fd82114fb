import { Injectable } from '@nestjs/common';
import { Database, type Executor, type Statement } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';

export interface FactorRow {
  subject: string;
  secret: Buffer | null;
  pending_secret: Buffer | null;
  mail_codes: boolean;
  enabled_at: Date | null;
}

/** So many wrong codes in a row lock the account for 15 minutes, so many again for half an hour, and so on up to a day. */
const MAX_FAILURES = 10;
const [LOCK_SECONDS, MAX_LOCK_SECONDS] = [900, 86_400];

const FIND: Statement = {
  name: 'auth_two_factor_find',
  text: `SELECT subject, secret, mail_codes, enabled_at,
           CASE WHEN pending_at > now() - interval '1 hour' THEN pending_secret END AS pending_secret
         FROM auth_two_factor WHERE subject = $1`,
};
const SET_PENDING: Statement = {
  name: 'auth_two_factor_pending',
  text: `INSERT INTO auth_two_factor (subject, pending_secret, pending_at) VALUES ($1, $2, now())
         ON CONFLICT (subject) DO UPDATE SET pending_secret = excluded.pending_secret, pending_at = excluded.pending_at`,
};
/** An app takes the place of codes by mail. The secret whose code was checked is in the WHERE clause: another that has taken its place meanwhile is not confirmed by it. */
const ACTIVATE: Statement = {
  name: 'auth_two_factor_activate',
  text: `UPDATE auth_two_factor SET secret = pending_secret, pending_secret = NULL, pending_at = NULL, mail_codes = false, last_step = $3, failures = 0,
           locked_until = NULL, enabled_at = COALESCE(enabled_at, now())
         WHERE subject = $1 AND pending_secret = $2 RETURNING subject`,
};
const CHOOSE_MAIL: Statement = {
  name: 'auth_two_factor_choose_mail',
  text: `INSERT INTO auth_two_factor (subject, mail_codes, enabled_at) VALUES ($1, true, now())
         ON CONFLICT (subject) DO UPDATE SET mail_codes = true, enabled_at = COALESCE(auth_two_factor.enabled_at, now())`,
};
const DROP_PENDING: Statement = {
  name: 'auth_two_factor_drop_pending',
  text: 'UPDATE auth_two_factor SET pending_secret = NULL, pending_at = NULL WHERE subject = $1 AND pending_secret IS NOT NULL',
};
const REMOVE: Statement = { name: 'auth_two_factor_remove', text: 'DELETE FROM auth_two_factor WHERE subject = $1' };
/** A step counts once, and none before it (RFC 6238 5.2): of any number of requests with one code, on any number of nodes, one gets a row. */
const USE_STEP: Statement = {
  name: 'auth_two_factor_use_step',
  text: `UPDATE auth_two_factor SET last_step = $2, secret = COALESCE($3, secret), failures = 0, locked_until = NULL
         WHERE subject = $1 AND last_step < $2 AND secret IS NOT NULL RETURNING subject`,
};
/** Counted before the code is looked at: parallel guesses would all pass a check that counts afterwards. */
const COUNT: Statement = {
  name: 'auth_two_factor_count',
  text: `UPDATE auth_two_factor SET failures = failures + 1, locked_until = CASE WHEN (failures + 1) % ${MAX_FAILURES} = 0
           THEN now() + least(${MAX_LOCK_SECONDS}, ${LOCK_SECONDS} * 2 ^ least((failures + 1) / ${MAX_FAILURES} - 1, 10)) * interval '1 second'
           ELSE locked_until END
         WHERE subject = $1 AND (locked_until IS NULL OR locked_until <= now()) RETURNING locked_until`,
};
const LOCKED: Statement = {
  name: 'auth_two_factor_locked',
  text: `SELECT ceil(extract(epoch FROM locked_until - now()))::int AS seconds FROM auth_two_factor
         WHERE subject = $1 AND locked_until > now()`,
};
const PASSED: Statement = {
  name: 'auth_two_factor_passed',
  text: 'UPDATE auth_two_factor SET failures = 0, locked_until = NULL WHERE subject = $1',
};

/** Statements about the second factors of users. */
@Injectable()
export class TwoFactorStore {
  constructor(private readonly database: Database) {}

  async find(subject: string): Promise<FactorRow | null> {
    const [row] = await this.database.query<FactorRow>(FIND, [subject]);
    return row ?? null;
  }

  async setPending(tx: Transaction, subject: string, sealed: Buffer): Promise<void> {
    await tx.query(SET_PENDING, [subject, sealed]);
  }

  /** No code confirms any more what was being set up. */
  async dropPending(tx: Transaction, subject: string): Promise<void> {
    await tx.query(DROP_PENDING, [subject]);
  }

  /** @returns false when another secret is waiting, or none */
  async activate(tx: Transaction, subject: string, sealed: Buffer, step: number): Promise<boolean> {
    return (await tx.query(ACTIVATE, [subject, sealed, step])).length > 0;
  }

  async chooseMail(tx: Transaction, subject: string): Promise<void> {
    await tx.query(CHOOSE_MAIL, [subject]);
  }

  async remove(executor: Executor, subject: string): Promise<void> {
    await executor.query(REMOVE, [subject]);
  }

  /** @param resealed the secret under the newest key; null: it is. @returns false when this step, or a later one, was used before */
  async useStep(tx: Transaction, subject: string, step: number, resealed: Buffer | null): Promise<boolean> {
    return (await tx.query(USE_STEP, [subject, step, resealed])).length > 0;
  }

  /** Counts one try. @returns false while the account is locked */
  async count(subject: string): Promise<boolean> {
    return (await this.database.query(COUNT, [subject])).length > 0;
  }

  /** Seconds for which the account is locked; null: it is not. */
  async lockedSeconds(subject: string): Promise<number | null> {
    const [row] = await this.database.query<{ seconds: number }>(LOCKED, [subject]);
    return row?.seconds ?? null;
  }

  /** A right code: what was wrong before counts no more. */
  async passed(tx: Transaction, subject: string): Promise<void> {
    await tx.query(PASSED, [subject]);
  }
}
