import { v7 as uuid } from 'uuid';
import type { Database, Executor, Statement } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import type { ClaimsRequest } from '../../common/host/authorization-server.js';

export interface AuthorizationCodeRow {
  id: string;
  client_id: string;
  subject: string;
  session_id: string;
  redirect_uri: string;
  redirect_uri_given: boolean;
  code_challenge: string | null;
  scopes: string[];
  resources: string[];
  nonce: string | null;
  acr: string | null;
  claims: ClaimsRequest | null;
  authenticated_at: Date;
  consumed: boolean;
  expired: boolean;
}

export interface NewAuthorizationCode {
  readonly hash: Buffer;
  readonly clientId: string;
  readonly subjectId: string;
  readonly sessionId: string;
  readonly redirectUri: string;
  readonly redirectUriGiven: boolean;
  readonly codeChallenge: string | null;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly nonce: string | null;
  readonly acr: string | null;
  readonly claims: ClaimsRequest | null;
  readonly authenticatedAt: Date;
  readonly lifetimeSeconds: number;
}

const INSERT: Statement = {
  name: 'auth_authorization_code_insert',
  text: `INSERT INTO auth_authorization_code (id, hash, client_id, subject, session_id, redirect_uri, redirect_uri_given,
           code_challenge, scopes, resources, nonce, acr, claims, authenticated_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, now() + $15::int * interval '1 second')`,
};
const FIND: Statement = {
  name: 'auth_authorization_code_find',
  text: `SELECT id, client_id, subject, session_id, redirect_uri, redirect_uri_given, code_challenge, scopes, resources, nonce, acr,
           claims, authenticated_at, consumed_at IS NOT NULL AS consumed, expires_at <= now() AS expired
         FROM auth_authorization_code WHERE hash = $1`,
};
const CONSUME: Statement = {
  name: 'auth_authorization_code_consume',
  text: `UPDATE auth_authorization_code SET consumed_at = now()
         WHERE id = $1 AND consumed_at IS NULL AND expires_at > now() RETURNING id`,
};

const REMOVE_GRANTED: Statement = {
  name: 'auth_authorization_code_remove_granted',
  text: 'DELETE FROM auth_authorization_code WHERE subject = $1 AND ($2::text IS NULL OR client_id = $2)',
};

/** Every statement about authorization codes. */
export class AuthorizationCodeStore {
  constructor(private readonly database: Database) {}

  async insert(executor: Executor, code: NewAuthorizationCode): Promise<void> {
    await executor.query(INSERT, [
      uuid(),
      code.hash,
      code.clientId,
      code.subjectId,
      code.sessionId,
      code.redirectUri,
      code.redirectUriGiven,
      code.codeChallenge,
      code.scopes,
      code.resources,
      code.nonce,
      code.acr,
      code.claims && JSON.stringify(code.claims),
      code.authenticatedAt,
      code.lifetimeSeconds,
    ]);
  }

  async find(hash: Buffer): Promise<AuthorizationCodeRow | null> {
    const [row] = await this.database.query<AuthorizationCodeRow>(FIND, [hash]);
    return row ?? null;
  }

  /** @returns false when it was spent before, or has expired (T070) */
  async consume(tx: Transaction, id: string): Promise<boolean> {
    return (await tx.query(CONSUME, [id])).length > 0;
  }

  /** Codes of one user, spent or not. @param clientId null: of every client */
  async removeGranted(tx: Transaction, subjectId: string, clientId: string | null): Promise<void> {
    await tx.query(REMOVE_GRANTED, [subjectId, clientId]);
  }
}
