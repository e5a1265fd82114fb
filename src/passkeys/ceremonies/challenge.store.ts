import { Injectable } from '@nestjs/common';
import { bytes, orNull, secondsFromNow, text } from '../../common/database/columns.js';
import { Database, type Statement } from '../../common/database/database.js';
import { insertInto, type Inserted } from '../../common/database/insert.js';
import type { Transaction } from '../../common/database/transaction.js';

/** A ceremony, by its name in the client data (`webauthn.create`, `webauthn.get`). */
export type Ceremony = 'create' | 'get';

const CHALLENGE = insertInto('auth_passkey_challenge', {
  challengeHash: bytes('challenge_hash'),
  browserHash: bytes('browser_hash'),
  ceremony: text<Ceremony>('ceremony'),
  subject: orNull(text('subject')),
  lifetimeSeconds: secondsFromNow('expires_at'),
});
export type NewChallenge = Inserted<typeof CHALLENGE>;

/** Of one browser as many may be open as it has tabs, within reason: the oldest make room. */
const MAX_OPEN = 5;

/** The statement does not see the row that it inserts: one less than the limit stays beside it. */
const INSERT: Statement = {
  name: 'auth_passkey_challenge_insert',
  text: `WITH surplus AS (DELETE FROM auth_passkey_challenge WHERE challenge_hash IN (
           SELECT challenge_hash FROM auth_passkey_challenge WHERE browser_hash = ${CHALLENGE.parameter('browserHash')}
           ORDER BY created_at DESC OFFSET ${MAX_OPEN - 1} FOR UPDATE SKIP LOCKED))
         ${CHALLENGE.text}`,
};
const SPEND: Statement = {
  name: 'auth_passkey_challenge_spend',
  text: `DELETE FROM auth_passkey_challenge
         WHERE challenge_hash = $1 AND browser_hash = ANY($2) AND ceremony = $3 AND expires_at > now() RETURNING subject`,
};
const FIND_BROWSER: Statement = {
  name: 'auth_passkey_challenge_find_browser',
  text: `SELECT browser_hash FROM auth_passkey_challenge WHERE browser_hash = ANY($1) AND expires_at > now()
         ORDER BY created_at DESC LIMIT 1`,
};
/** Skips rows that an answer spends: what it writes meets the change by the user's epoch. */
const REMOVE_OF: Statement = {
  name: 'auth_passkey_challenge_remove_of',
  text: `DELETE FROM auth_passkey_challenge WHERE challenge_hash IN (
           SELECT challenge_hash FROM auth_passkey_challenge WHERE subject = $1 FOR UPDATE SKIP LOCKED)`,
};

/** Every statement about challenges. */
@Injectable()
export class ChallengeStore {
  constructor(private readonly database: Database) {}

  async insert(challenge: NewChallenge): Promise<void> {
    await this.database.query(INSERT, CHALLENGE.values(challenge));
  }

  /** @returns whose it is; undefined: unknown, spent, expired, of another browser or of the other ceremony */
  async spend(
    challengeHash: Buffer,
    browserHashes: readonly Buffer[],
    ceremony: Ceremony,
  ): Promise<string | null | undefined> {
    const values = [challengeHash, browserHashes, ceremony];
    const [row] = await this.database.query<{ subject: string | null }>(SPEND, values);
    return row?.subject;
  }

  /** @returns the one of these for which a challenge is open */
  async findBrowser(browserHashes: readonly Buffer[]): Promise<Buffer | null> {
    const [row] = await this.database.query<{ browser_hash: Buffer }>(FIND_BROWSER, [browserHashes]);
    return row?.browser_hash ?? null;
  }

  async removeOf(tx: Transaction, subject: string): Promise<void> {
    await tx.query(REMOVE_OF, [subject]);
  }
}
