import { Injectable } from '@nestjs/common';
import { randomText } from '../../common/crypto.js';
import { Database, type Executor, type Statement } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { newId } from '../../common/new-id.js';
import { SecretBox } from '../../common/secrets/secret-box.js';
import { backupCodeContext } from './factor-contexts.js';

const COUNT = 10;
const HALF = 5;
/** Without what looks alike on paper: 0, O, 1, I, l. About 58 bits for ten. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const CODE = /^[A-Za-z0-9]{10}$/;

const DROP: Statement = {
  name: 'auth_backup_code_drop',
  text: 'DELETE FROM auth_backup_code WHERE subject = $1 AND pending = ANY($2::boolean[])',
};
const INSERT: Statement = {
  name: 'auth_backup_code_insert',
  text: `INSERT INTO auth_backup_code (id, subject, hash, pending)
         SELECT one.id, $1, one.hash, $4 FROM unnest($2::uuid[], $3::bytea[]) AS one (id, hash)`,
};
const CONFIRM: Statement = {
  name: 'auth_backup_code_confirm',
  text: 'UPDATE auth_backup_code SET pending = false WHERE subject = $1 AND pending',
};
const SPEND: Statement = {
  name: 'auth_backup_code_spend',
  text: `UPDATE auth_backup_code SET used_at = now()
         WHERE subject = $1 AND hash = ANY($2) AND NOT pending AND used_at IS NULL RETURNING id`,
};
const LEFT: Statement = {
  name: 'auth_backup_code_left',
  text: 'SELECT count(*)::int AS count FROM auth_backup_code WHERE subject = $1 AND NOT pending AND used_at IS NULL',
};

/** Codes that a user keeps on paper, each good once in place of the second factor. */
@Injectable()
export class BackupCodes {
  constructor(
    private readonly database: Database,
    private readonly box: SecretBox,
  ) {}

  /**
   * Ten new ones, shown once.
   * @param pending they take the place of those before when `confirm` says so, else at once
   */
  async replace(tx: Transaction, subject: string, pending: boolean): Promise<string[]> {
    const codes = Array.from({ length: COUNT }, () => randomText(LETTERS, 2 * HALF));
    await tx.query(DROP, [subject, pending ? [true] : [true, false]]);
    const hashes = codes.map((code) => this.digests(subject, code)[0]!);
    await tx.query(INSERT, [subject, codes.map(() => newId()), hashes, pending]);
    return codes.map((code) => `${code.slice(0, HALF)}-${code.slice(HALF)}`);
  }

  /** Those that were shown last count from now on, and no others. */
  async confirm(tx: Transaction, subject: string): Promise<void> {
    await tx.query(DROP, [subject, [false]]);
    await tx.query(CONFIRM, [subject]);
  }

  /** @param typed with or without the dash. @returns false when it is unknown, or was used before */
  async spend(tx: Transaction, subject: string, typed: string): Promise<boolean> {
    const code = typed.replaceAll(/[\s-]/g, '');
    return CODE.test(code) && (await tx.query(SPEND, [subject, this.digests(subject, code)])).length > 0;
  }

  /** How many are left. */
  async left(subject: string, executor: Executor = this.database): Promise<number> {
    const [row] = await executor.query<{ count: number }>(LEFT, [subject]);
    return row!.count;
  }

  async remove(executor: Executor, subject: string): Promise<void> {
    await executor.query(DROP, [subject, [true, false]]);
  }

  private digests(subject: string, code: string): Buffer[] {
    return this.box.digests(code, backupCodeContext(subject));
  }
}
