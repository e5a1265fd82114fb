import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { Database, type Executor, type Statement } from '../../common/database/database.js';
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
  amr: string[];
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
  readonly amr: readonly string[];
  readonly claims: ClaimsRequest | null;
  readonly authenticatedAt: Date;
  readonly lifetimeSeconds: number;
  /** It stands on a remembered consent, which must still be there. */
  readonly needsConsent: boolean;
}

const INSERT: Statement = {
  name: 'auth_authorization_code_insert',
  // The consent is held until the commit: whoever withdraws it waits for this code and ends it, or was first and there is none (T084).
  text: `WITH consent AS (
           SELECT FROM auth_consent WHERE subject = $4 AND client_id = $3 AND scopes @> $9 AND resources @> $10 FOR SHARE)
         INSERT INTO auth_authorization_code (id, hash, client_id, subject, session_id, redirect_uri, redirect_uri_given,
           code_challenge, scopes, resources, nonce, acr, amr, claims, authenticated_at, expires_at)
         SELECT $1::uuid, $2::bytea, $3::text, $4::text, $5::text, $6::text, $7::boolean, $8::text, $9::text[], $10::text[], $11::text,
           $12::text, $13::text[], $14::jsonb, $15::timestamptz, now() + $16::int * interval '1 second'
         WHERE NOT $17::boolean OR EXISTS (SELECT FROM consent) RETURNING id`,
};
const FIND: Statement = {
  name: 'auth_authorization_code_find',
  text: `SELECT id, client_id, subject, session_id, redirect_uri, redirect_uri_given, code_challenge, scopes, resources, nonce, acr, amr,
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
@Injectable()
export class AuthorizationCodeStore {
  constructor(private readonly database: Database) {}

  /** @returns false when the consent it stands on has been withdrawn */
  async insert(executor: Executor, code: NewAuthorizationCode): Promise<boolean> {
    const rows = await executor.query(INSERT, [
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
      code.amr,
      code.claims && JSON.stringify(code.claims),
      code.authenticatedAt,
      code.lifetimeSeconds,
      code.needsConsent,
    ]);
    return rows.length > 0;
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
