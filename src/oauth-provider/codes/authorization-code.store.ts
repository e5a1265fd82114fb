import { Injectable } from '@nestjs/common';
import {
  boolean,
  bytes,
  identifier,
  json,
  jsonText,
  orNull,
  secondsFromNow,
  text,
  texts,
  time,
} from '../../common/database/columns.js';
import { Database, type Executor, type Statement } from '../../common/database/database.js';
import { insertInto, type Inserted } from '../../common/database/insert.js';
import type { StatementPart } from '../../common/database/statement-part.js';
import type { Transaction } from '../../common/database/transaction.js';
import type { AuthorizationDetail } from '../../common/principal/authorization-detail.js';
import type { ClaimsRequest } from '../../common/ports/authorization-server.js';
import { newId } from '../../common/new-id.js';

export interface AuthorizationCodeRow {
  id: string;
  client_id: string;
  subject: string;
  session_id: string;
  redirect_uri: string;
  redirect_uri_given: boolean;
  code_challenge: string | null;
  /** RFC 9449 10; null: it is bound to no key. */
  dpop_jkt: string | null;
  scopes: string[];
  resources: string[];
  authorization_details: AuthorizationDetail[] | null;
  nonce: string | null;
  acr: string | null;
  amr: string[];
  roles: string[];
  claims: ClaimsRequest | null;
  authenticated_at: Date;
  consumed: boolean;
  expired: boolean;
}

const CODE = insertInto('auth_authorization_code', {
  id: identifier('id'),
  hash: bytes('hash'),
  clientId: text('client_id'),
  subjectId: text('subject'),
  sessionId: text('session_id'),
  redirectUri: text('redirect_uri'),
  redirectUriGiven: boolean('redirect_uri_given'),
  codeChallenge: orNull(text('code_challenge')),
  dpopKeyThumbprint: orNull(text('dpop_jkt')),
  scopes: texts('scopes'),
  resources: texts('resources'),
  authorizationDetails: orNull(jsonText('authorization_details')),
  nonce: orNull(text('nonce')),
  acr: orNull(text('acr')),
  amr: texts('amr'),
  roles: texts('roles'),
  claims: orNull(json<ClaimsRequest>('claims')),
  authenticatedAt: time('authenticated_at'),
  lifetimeSeconds: secondsFromNow('expires_at'),
});

export interface NewAuthorizationCode extends Omit<Inserted<typeof CODE>, 'id'> {
  /** It relies on a remembered consent to its scopes, resources and these claims; null: on none. */
  readonly consentedClaims: readonly string[] | null;
}

const INSERT: Statement = {
  name: 'auth_authorization_code_insert',
  // The consent stays locked until the commit: a withdrawal waits and then removes this code, or came first and no code is written (T084).
  text: `WITH consent AS (
           SELECT FROM auth_consent WHERE subject = ${CODE.parameter('subjectId')} AND client_id = ${CODE.parameter('clientId')}
             AND scopes @> ${CODE.parameter('scopes')} AND resources @> ${CODE.parameter('resources')} AND claims @> ${CODE.next}::text[]
             AND COALESCE(ask_again_at > now(), true)
           FOR SHARE)
         INSERT INTO auth_authorization_code (${CODE.columns}) SELECT ${CODE.parameters}
         WHERE ${CODE.next}::text[] IS NULL OR EXISTS (SELECT FROM consent) RETURNING id`,
};
const FIND: Statement = {
  name: 'auth_authorization_code_find',
  text: `SELECT id, client_id, subject, session_id, redirect_uri, redirect_uri_given, code_challenge, dpop_jkt, scopes, resources, authorization_details, nonce, acr,
           amr, roles, claims, authenticated_at, consumed_at IS NOT NULL AS consumed, expires_at <= now() AS expired
         FROM auth_authorization_code WHERE hash = $1`,
};
const spend = (when: string) => `UPDATE auth_authorization_code SET consumed_at = now()
         WHERE id = $1 AND consumed_at IS NULL AND expires_at > now() AND ${when} RETURNING id`;

const REMOVE_GRANTED: Statement = {
  name: 'auth_authorization_code_remove_granted',
  text: 'DELETE FROM auth_authorization_code WHERE subject = $1 AND ($2::text IS NULL OR client_id = $2)',
};

/** Every statement about authorization codes. */
@Injectable()
export class AuthorizationCodeStore {
  constructor(private readonly database: Database) {}

  /** @returns false when it relies on a consent and none covers it */
  async insert(executor: Executor, code: NewAuthorizationCode): Promise<boolean> {
    const values = [...CODE.values({ ...code, id: newId() }), code.consentedClaims];
    return (await executor.query(INSERT, values)).length > 0;
  }

  async find(hash: Buffer): Promise<AuthorizationCodeRow | null> {
    const [row] = await this.database.query<AuthorizationCodeRow>(FIND, [hash]);
    return row ?? null;
  }

  /** Spends a code inside the statement that writes what it buys, unless it was spent before or has expired (T070). */
  spending(id: string): StatementPart {
    return { name: 'code', text: spend, values: [id] };
  }

  /** Codes of one user, spent or not. @param clientId null: of every client */
  async removeGranted(tx: Transaction, subjectId: string, clientId: string | null): Promise<void> {
    await tx.query(REMOVE_GRANTED, [subjectId, clientId]);
  }
}
