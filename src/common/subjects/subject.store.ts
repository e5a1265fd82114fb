import { AuthError } from '../errors/auth-error.js';
import type { Database, Executor, Statement } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';

interface SubjectRow {
  epoch: number;
  ended: boolean;
  /** Disabled for a time that is over. */
  over: boolean;
}

/** For how long somebody is disabled, and why. */
export interface DisableTerms {
  readonly reason?: string | null;
  /** Default: until enabled again. */
  readonly seconds?: number | null;
}

/** Of a subject that is disabled. */
export interface Disabled {
  readonly subjectId: string;
  readonly since: Date;
  readonly reason: string | null;
  readonly until: Date | null;
}

const READ: Statement = {
  name: 'auth_subject_read',
  text: `SELECT epoch, (disabled_at IS NOT NULL OR forgotten_at IS NOT NULL) AS ended,
           COALESCE(disabled_until <= now(), false) AS over FROM auth_subject WHERE subject = $1`,
};
const HOLD: Statement = { name: 'auth_subject_hold', text: `${READ.text} FOR SHARE` };
const LOCK: Statement = { name: 'auth_subject_lock', text: `${READ.text} FOR UPDATE` };
const CREATE: Statement = {
  name: 'auth_subject_create',
  text: 'INSERT INTO auth_subject (subject) VALUES ($1) ON CONFLICT (subject) DO NOTHING',
};
const END: Statement = {
  name: 'auth_subject_end',
  text: `INSERT INTO auth_subject (subject, epoch, disabled_at, forgotten_at, disabled_reason, disabled_until)
         VALUES ($1, 1, CASE WHEN $2 = 'disabled' THEN now() END, CASE WHEN $2 = 'forgotten' THEN now() END, $3::text,
           now() + $4::int * interval '1 second')
         ON CONFLICT (subject) DO UPDATE SET epoch = auth_subject.epoch + 1,
           disabled_at = COALESCE(auth_subject.disabled_at, excluded.disabled_at),
           forgotten_at = COALESCE(auth_subject.forgotten_at, excluded.forgotten_at),
           disabled_reason = excluded.disabled_reason, disabled_until = excluded.disabled_until`,
};
const RENEW: Statement = {
  name: 'auth_subject_renew',
  text: `UPDATE auth_subject SET epoch = epoch + 1
         WHERE subject = $1 AND epoch = $2 AND disabled_at IS NULL AND forgotten_at IS NULL RETURNING epoch`,
};
const ENABLE: Statement = {
  name: 'auth_subject_enable',
  text: `UPDATE auth_subject SET disabled_at = NULL, disabled_reason = NULL, disabled_until = NULL
         WHERE subject = $1 AND forgotten_at IS NULL RETURNING subject`,
};
/** In one statement, so that somebody who is disabled again at this moment stays so. */
const LIFT: Statement = {
  name: 'auth_subject_lift',
  text: `UPDATE auth_subject SET disabled_at = NULL, disabled_reason = NULL, disabled_until = NULL
         WHERE subject = $1 AND forgotten_at IS NULL AND disabled_until <= now() RETURNING subject`,
};
const DISABLED: Statement = {
  name: 'auth_subject_disabled',
  text: `SELECT subject AS "subjectId", disabled_at AS since, disabled_reason AS reason, disabled_until AS until FROM auth_subject
         WHERE subject = ANY($1::text[]) AND disabled_at IS NOT NULL AND COALESCE(disabled_until > now(), true)`,
};

/** Why everything that a subject holds ends. */
export type SubjectEnd = 'disabled' | 'forgotten';

/**
 * The state of subjects, and the lock by which ending a subject also ends what writes in flight give it: a transaction that gives a
 * subject a credential takes a shared lock on the row, one that ends the subject an exclusive lock.
 */
export class SubjectStore {
  constructor(private readonly database: Database) {}

  /** The epoch to pass to `hold` later. Read it before checking the proof of identity. Null: disabled or forgotten. */
  async epoch(subjectId: string): Promise<number | null> {
    const [row] = await this.database.query<SubjectRow>(READ, [subjectId]);
    if (!row) return 0;
    if (row.over && (await this.database.query(LIFT, [subjectId])).length > 0) return row.epoch;
    return row.ended ? null : row.epoch;
  }

  /** As `epoch`, and creates a missing row: tokens of a client are issued only while its row exists. */
  async ensure(subjectId: string): Promise<number | null> {
    const row = await this.read(this.database, READ, subjectId);
    return row.ended ? null : row.epoch;
  }

  /**
   * Locks the subject for the rest of the transaction, before it is given anything.
   * @param epoch result of `epoch()` when the identity was proven; leave it out when the proof is inside this transaction
   * @throws AuthError 401 when the subject was disabled, forgotten or renewed meanwhile
   */
  async hold(tx: Transaction, subjectId: string, epoch?: number): Promise<void> {
    const row = await this.read(tx, HOLD, subjectId);
    if (row.ended || (epoch !== undefined && row.epoch !== epoch)) {
      throw AuthError.invalidToken(`subject ${subjectId} was disabled, deleted or renewed`);
    }
  }

  /**
   * Locks the subject exclusively: to count what it holds before removing something (the last sign-in method must stay).
   * @returns the epoch, for `renew` in the same transaction
   */
  async lock(tx: Transaction, subjectId: string): Promise<number> {
    return (await this.read(tx, LOCK, subjectId)).epoch;
  }

  /** As `lock`, also for one that is disabled. */
  async lockState(tx: Transaction, subjectId: string): Promise<{ epoch: number; isEnded: boolean }> {
    const { epoch, ended } = await this.read(tx, LOCK, subjectId);
    return { epoch, isEnded: ended };
  }

  /** Marks the subject as ended. Must come first in the transaction that ends what it holds, because it waits for writes in flight. */
  async end(
    tx: Transaction,
    subjectId: string,
    end: SubjectEnd,
    { reason = null, seconds = null }: DisableTerms = {},
  ): Promise<void> {
    await tx.query(END, [subjectId, end, reason, seconds]);
  }

  /**
   * Makes every earlier proof of identity worthless. Of several concurrent calls with one epoch only one succeeds.
   * @param epoch result of `epoch()` before the proof that allows this
   * @returns the new epoch, for what is given to the subject afterwards
   * @throws AuthError 401 when the subject was disabled, forgotten or renewed meanwhile
   */
  async renew(tx: Transaction, subjectId: string, epoch: number): Promise<number> {
    await tx.query(CREATE, [subjectId]);
    const [row] = await tx.query<{ epoch: number }>(RENEW, [subjectId, epoch]);
    if (!row) throw AuthError.invalidToken(`subject ${subjectId} was disabled, deleted or renewed`);
    return row.epoch;
  }

  /** @returns false when the subject is unknown or forgotten */
  async enable(tx: Transaction, subjectId: string): Promise<boolean> {
    return (await tx.query(ENABLE, [subjectId])).length > 0;
  }

  /** Those of these subjects that are disabled now. */
  async disabled(subjectIds: readonly string[]): Promise<Disabled[]> {
    return this.database.query<Disabled>(DISABLED, [subjectIds]);
  }

  private async read(executor: Executor, statement: Statement, subjectId: string): Promise<SubjectRow> {
    const [known] = await executor.query<SubjectRow>(statement, [subjectId]);
    if (known) return known;
    await executor.query(CREATE, [subjectId]);
    const [created] = await executor.query<SubjectRow>(statement, [subjectId]);
    return created!;
  }
}
