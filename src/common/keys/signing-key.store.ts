import type { JWK } from 'jose';
import { bytes, integer, json, milliseconds, orNull, secondsFromNow, text } from '../database/columns.js';
import type { Executor, Statement } from '../database/database.js';
import { insertInto, type Inserted } from '../database/insert.js';
import type { Transaction } from '../database/transaction.js';
import type { SigningAlgorithm } from './signing-algorithm.js';

/** A published key. Times are milliseconds since 1970 by the database's clock. */
export interface SigningKeyRow {
  kid: string;
  algorithm: SigningAlgorithm;
  public_jwk: JWK | null;
  private_key: Buffer | null;
  longest_token_seconds: number;
  created_ms: number;
  /** Null: the key only verifies. */
  active_ms: number | null;
  /** When a younger key of the algorithm takes over; null while none is known. */
  superseded_ms: number | null;
  /** When it leaves the key set; null while that is not known. */
  published_until_ms: number | null;
}

export interface SigningKeyRows {
  readonly nowMs: number;
  readonly rows: readonly SigningKeyRow[];
}

const NEW_KEY = insertInto('auth_signing_key', {
  kid: text('kid'),
  algorithm: text<SigningAlgorithm>('algorithm'),
  publicJwk: orNull(json<JWK>('public_jwk')),
  privateKey: orNull(bytes('private_key')),
  longestTokenSeconds: integer('longest_token_seconds'),
  activeMs: orNull(milliseconds('active_from')),
  /** Null: it retires once it is superseded and its tokens have expired. */
  retiresInSeconds: orNull(secondsFromNow('retires_at')),
});
export type NewSigningKey = Inserted<typeof NEW_KEY>;

/**
 * How long a retired key stays published after its longest-lived token: 60 s for clock skew at verifiers, and 60 s in which a process that
 * does not know its successor yet may still have signed with it.
 */
export const RETIREMENT_MARGIN_SECONDS = 120;

const LINGER = `(longest_token_seconds + ${RETIREMENT_MARGIN_SECONDS}) * interval '1 second'`;
/** A key stops signing when a younger one of its algorithm starts, or when it was retired because its algorithm is no longer in use. */
const KEYS = `SELECT k.*, LEAST(lead(active_from) OVER (PARTITION BY algorithm ORDER BY active_from), retires_at - ${LINGER}) AS superseded_at
  FROM auth_signing_key k`;
const PUBLISHED_UNTIL = `CASE WHEN active_from IS NULL THEN retires_at ELSE superseded_at + ${LINGER} END`;
const EPOCH_MS = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`;

const LOAD: Statement = {
  name: 'auth_signing_key_load',
  text: `SELECT ${EPOCH_MS('clock_timestamp()')} AS now_ms, published.* FROM (SELECT 1) AS one LEFT JOIN (
           SELECT kid, algorithm, public_jwk, private_key, longest_token_seconds, ${EPOCH_MS('created_at')} AS created_ms,
             ${EPOCH_MS('active_from')} AS active_ms, ${EPOCH_MS('superseded_at')} AS superseded_ms,
             ${EPOCH_MS(PUBLISHED_UNTIL)} AS published_until_ms
           FROM (${KEYS}) AS keys
           WHERE revoked_at IS NULL AND COALESCE(${PUBLISHED_UNTIL} > now(), true)
         ) AS published ON true ORDER BY active_ms NULLS FIRST, kid`,
};
/** Lets one process at a time plan and write keys; `lock_timeout` bounds the wait. */
const LOCK: Statement = {
  name: 'auth_signing_key_lock',
  text: `SELECT pg_advisory_xact_lock(hashtext('nest-authority signing keys'))`,
};
const INSERT: Statement = {
  name: 'auth_signing_key_insert',
  text: `${NEW_KEY.text} ON CONFLICT (kid) DO NOTHING RETURNING kid`,
};
const LENGTHEN: Statement = {
  name: 'auth_signing_key_lengthen',
  text: `UPDATE auth_signing_key SET longest_token_seconds = $2 WHERE kid = ANY($1::text[]) AND longest_token_seconds < $2`,
};
const RETIRE: Statement = {
  name: 'auth_signing_key_retire',
  text: `UPDATE auth_signing_key SET retires_at = now() + ${LINGER} WHERE kid = ANY($1::text[]) AND retires_at IS NULL`,
};
const REWRAP: Statement = {
  name: 'auth_signing_key_rewrap',
  text: 'UPDATE auth_signing_key SET private_key = $3 WHERE kid = $1 AND private_key = $2',
};
const REVOKE: Statement = {
  name: 'auth_signing_key_revoke',
  text: 'UPDATE auth_signing_key SET revoked_at = now(), private_key = NULL WHERE kid = $1 AND revoked_at IS NULL RETURNING kid',
};
/** Deletes private halves that no longer sign. A symmetric key also verifies, so it stays as long as it is published. */
export const WIPE_RETIRED: Statement = {
  name: 'auth_signing_key_wipe',
  text: `UPDATE auth_signing_key SET private_key = NULL WHERE kid IN (
           SELECT kid FROM (${KEYS}) AS keys WHERE private_key IS NOT NULL AND CASE WHEN public_jwk IS NULL
             THEN ${PUBLISHED_UNTIL} < now() ELSE superseded_at < now() - interval '${RETIREMENT_MARGIN_SECONDS} seconds' END LIMIT $1
         ) RETURNING kid`,
};

/** Every statement about signing keys. */
export class SigningKeyStore {
  /** All keys that are published or will sign, oldest first, with the database's time. */
  async load(executor: Executor): Promise<SigningKeyRows> {
    const rows = await executor.query<SigningKeyRow & { now_ms: number }>(LOAD, []);
    return { nowMs: rows[0]!.now_ms, rows: rows.filter((row) => row.kid !== null) };
  }

  async lock(tx: Transaction): Promise<void> {
    await tx.query(LOCK, []);
  }

  /** @returns false when any key has used this kid before */
  async insert(tx: Transaction, key: NewSigningKey): Promise<boolean> {
    return (await tx.query(INSERT, NEW_KEY.values(key))).length > 0;
  }

  /** Records that these keys may sign tokens with this lifetime. */
  async lengthen(tx: Transaction, kids: readonly string[], longestTokenSeconds: number): Promise<void> {
    await tx.query(LENGTHEN, [kids, longestTokenSeconds]);
  }

  /** Stops these keys from signing; they stay published until their tokens have expired. */
  async retire(tx: Transaction, kids: readonly string[]): Promise<void> {
    await tx.query(RETIRE, [kids]);
  }

  async rewrap(tx: Transaction, kid: string, before: Buffer, after: Buffer): Promise<void> {
    await tx.query(REWRAP, [kid, before, after]);
  }

  async revoke(tx: Transaction, kid: string): Promise<boolean> {
    return (await tx.query(REVOKE, [kid])).length > 0;
  }
}
