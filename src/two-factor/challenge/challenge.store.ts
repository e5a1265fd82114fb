import { Injectable } from '@nestjs/common';
import { boolean, bytes, integer, secondsFromNow, text, texts } from '../../common/database/columns.js';
import { Database, type Executor, type Statement } from '../../common/database/database.js';
import { insertInto, type Inserted } from '../../common/database/insert.js';
import type { Transaction } from '../../common/database/transaction.js';

/** Wrong codes, of all kinds together. */
const MAX_ATTEMPTS = 5;
const MAX_SENDS = 3;

const CHALLENGE = insertInto('auth_two_factor_challenge', {
  hash: bytes('hash'),
  subject: text('subject'),
  epoch: integer('epoch'),
  methods: texts('amr'),
  remember: boolean('remember'),
  enrols: boolean('enrols'),
  lifetimeSeconds: secondsFromNow('expires_at'),
});
export type NewChallenge = Inserted<typeof CHALLENGE>;

/** A sign-in that waits. */
export interface ChallengeRow {
  hash: Buffer;
  subject: string;
  epoch: number;
  amr: string[];
  remember: boolean;
  enrols: boolean;
  /** No further code is looked at. */
  exhausted: boolean;
}

const LIVE = 'used_at IS NULL AND expires_at > now()';
const INSERT: Statement = { name: 'auth_two_factor_challenge_insert', text: CHALLENGE.text };
const FIND: Statement = {
  name: 'auth_two_factor_challenge_find',
  text: `SELECT hash, subject, epoch, amr, remember, enrols, attempts >= ${MAX_ATTEMPTS} AS exhausted
         FROM auth_two_factor_challenge WHERE hash = $1 AND ${LIVE}`,
};
/** Counted before the code is looked at: parallel guesses would all pass a check that counts afterwards. */
const ATTEMPT: Statement = {
  name: 'auth_two_factor_challenge_attempt',
  text: `UPDATE auth_two_factor_challenge SET attempts = attempts + 1
         WHERE hash = $1 AND attempts < ${MAX_ATTEMPTS} AND ${LIVE} RETURNING hash`,
};
const SEND: Statement = {
  name: 'auth_two_factor_challenge_send',
  text: `UPDATE auth_two_factor_challenge SET sends = sends + 1
         WHERE hash = $1 AND sends < ${MAX_SENDS} AND ${LIVE} RETURNING hash`,
};
const SPEND: Statement = {
  name: 'auth_two_factor_challenge_spend',
  text: `UPDATE auth_two_factor_challenge SET used_at = now() WHERE hash = $1 AND ${LIVE} RETURNING hash`,
};
const FORGET: Statement = {
  name: 'auth_two_factor_challenge_forget',
  text: 'DELETE FROM auth_two_factor_challenge WHERE subject = $1',
};

/** Statements about sign-ins that wait for their second factor. */
@Injectable()
export class ChallengeStore {
  constructor(private readonly database: Database) {}

  async insert(tx: Transaction, challenge: NewChallenge): Promise<void> {
    await tx.query(INSERT, CHALLENGE.values(challenge));
  }

  /** @returns null when it is unknown, spent or expired */
  async find(hash: Buffer): Promise<ChallengeRow | null> {
    const [row] = await this.database.query<ChallengeRow>(FIND, [hash]);
    return row ?? null;
  }

  /** @returns false when it has had all its attempts, or is over */
  async attempt(hash: Buffer): Promise<boolean> {
    return (await this.database.query(ATTEMPT, [hash])).length > 0;
  }

  /** @returns false when it has had all its mails, or is over */
  async send(hash: Buffer): Promise<boolean> {
    return (await this.database.query(SEND, [hash])).length > 0;
  }

  /** @returns false when another request has spent it, or it has expired */
  async spend(tx: Transaction, hash: Buffer): Promise<boolean> {
    return (await tx.query(SPEND, [hash])).length > 0;
  }

  async forget(executor: Executor, subject: string): Promise<void> {
    await executor.query(FORGET, [subject]);
  }
}
