import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../../common/database/database.js';
import type { StatementPart } from '../../common/database/statement-part.js';
import type { Transaction } from '../../common/database/transaction.js';
import { newId } from '../../common/new-id.js';

export interface ConsentRow {
  id: string;
  subject: string;
  client_id: string;
  scopes: string[];
  resources: string[];
  claims: string[];
  created_at: Date;
  updated_at: Date;
}

/** What a client asks for, or has been granted. */
export interface Granted {
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly claims: readonly string[];
}

const COLUMNS = 'id, subject, client_id, scopes, resources, claims, created_at, updated_at';
const MERGED = (column: string) =>
  `ARRAY(SELECT DISTINCT unnest(auth_consent.${column} || excluded.${column}) ORDER BY 1)`;
const FIND: Statement = {
  name: 'auth_consent_find',
  text: `SELECT ${COLUMNS} FROM auth_consent WHERE subject = $1 AND client_id = $2`,
};
const FIND_BY_ID: Statement = {
  name: 'auth_consent_find_by_id',
  text: `SELECT ${COLUMNS} FROM auth_consent WHERE subject = $1 AND id = $2`,
};
const LIST: Statement = {
  name: 'auth_consent_list',
  text: `SELECT ${COLUMNS} FROM auth_consent WHERE subject = $1 ORDER BY updated_at DESC, id LIMIT 500`,
};
const GRANT: Statement = {
  name: 'auth_consent_grant',
  text: `INSERT INTO auth_consent (id, subject, client_id, scopes, resources, claims) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (subject, client_id) DO UPDATE SET scopes = ${MERGED('scopes')}, resources = ${MERGED('resources')},
           claims = ${MERGED('claims')}, updated_at = now()`,
};
const NARROW: Statement = {
  name: 'auth_consent_narrow',
  text: `UPDATE auth_consent SET scopes = $3, updated_at = now() WHERE subject = $1 AND id = $2 RETURNING ${COLUMNS}`,
};
const WITHDRAW: Statement = {
  name: 'auth_consent_withdraw',
  text: 'DELETE FROM auth_consent WHERE subject = $1 AND client_id = $2 RETURNING id',
};
const WITHDRAW_ALL: Statement = {
  name: 'auth_consent_withdraw_all',
  text: 'DELETE FROM auth_consent WHERE subject = $1',
};

/** Who withdraws the consent waits for the rest of the statement. */
const holdingText = (when: string) =>
  `SELECT id FROM auth_consent WHERE subject = $1 AND client_id = $2 AND ${when} FOR SHARE`;

/** Every statement about consents. Every WHERE names the user. */
@Injectable()
export class ConsentStore {
  constructor(private readonly database: Database) {}

  async find(subjectId: string, clientId: string): Promise<ConsentRow | null> {
    const [row] = await this.database.query<ConsentRow>(FIND, [subjectId, clientId]);
    return row ?? null;
  }

  /** Holds the consent inside another statement. */
  holding(subjectId: string, clientId: string): StatementPart {
    return { name: 'consent', text: holdingText, values: [subjectId, clientId] };
  }

  async findById(subjectId: string, id: string): Promise<ConsentRow | null> {
    const [row] = await this.database.query<ConsentRow>(FIND_BY_ID, [subjectId, id]);
    return row ?? null;
  }

  /** Last changed first, at most 500. */
  async list(subjectId: string): Promise<ConsentRow[]> {
    return this.database.query<ConsentRow>(LIST, [subjectId]);
  }

  /** Adds to what was granted before. */
  async grant(tx: Transaction, subjectId: string, clientId: string, granted: Granted): Promise<void> {
    await tx.query(GRANT, [newId(), subjectId, clientId, granted.scopes, granted.resources, granted.claims]);
  }

  /** Keeps these scopes only. */
  async narrow(tx: Transaction, subjectId: string, id: string, scopes: readonly string[]): Promise<ConsentRow | null> {
    const [row] = await tx.query<ConsentRow>(NARROW, [subjectId, id, scopes]);
    return row ?? null;
  }

  /** @returns false when there was none */
  async withdraw(tx: Transaction, subjectId: string, clientId: string): Promise<boolean> {
    return (await tx.query(WITHDRAW, [subjectId, clientId])).length > 0;
  }

  async withdrawAll(tx: Transaction, subjectId: string): Promise<void> {
    await tx.query(WITHDRAW_ALL, [subjectId]);
  }
}

/**
 * Whether a consent covers what is asked now; for one scope more the user is asked again (T062). Without a consent nothing is covered, not
 * even a request without scopes: its code would still tell the client who the user is, and no code is written without a consent.
 */
export function covers(consent: ConsentRow | null, asked: Granted): boolean {
  if (!consent) return false;
  return (['scopes', 'resources', 'claims'] as const).every((kind) => {
    const held = new Set(consent[kind]);
    return asked[kind].every((one) => held.has(one));
  });
}
