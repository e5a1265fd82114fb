import { Injectable } from '@nestjs/common';
import type { Statement } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { newId } from '../../common/new-id.js';
import { COLUMNS, type SessionRow } from './session.statements.js';

/** Who acts as whom, and from where. */
export interface NewImpersonation {
  readonly parentId: string;
  readonly actorId: string;
  readonly tokenHash: Buffer;
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly lifetimeSeconds: number;
}

/**
 * Not beyond the session that it hangs on. No methods: the user has shown nothing, so that no route that asks for strength opens. The time of
 * the proof is that of the administrator, and so is the key.
 */
const BEGIN: Statement = {
  name: 'auth_session_impersonate',
  text: `INSERT INTO auth_session (id, token_hash, subject, scopes, remember, roles, impersonated_by, parent_id, confirmation, ip_address, user_agent,
           authenticated_at, expires_at)
         SELECT $3::uuid, $4::bytea, $5::text, $6::text[], false, $7::text[], p.subject, p.id, p.confirmation, $8::text, $9::text, p.authenticated_at,
           LEAST(now() + $10::int * interval '1 second', p.expires_at)
         FROM auth_session p WHERE p.id = $1 AND p.subject = $2 AND p.parent_id IS NULL AND p.expires_at > now() RETURNING ${COLUMNS}`,
};
const END: Statement = {
  name: 'auth_session_impersonation_end',
  text: 'DELETE FROM auth_session WHERE id = $1 AND parent_id = $2 RETURNING id',
};
const END_BELOW: Statement = {
  name: 'auth_session_end_below',
  text: 'DELETE FROM auth_session WHERE parent_id = ANY($1::uuid[]) RETURNING id, subject',
};
const RETOKEN: Statement = {
  name: 'auth_session_retoken',
  text: `UPDATE auth_session SET token_hash = $2 WHERE id = $1 AND expires_at > now() RETURNING ${COLUMNS}`,
};

/** Every statement about sessions in which an administrator acts as a user. */
@Injectable()
export class ImpersonationStore {
  /** @returns null when the administrator's own session has ended, or is no own one */
  async begin(tx: Transaction, one: NewImpersonation): Promise<SessionRow | null> {
    const values = [
      one.tokenHash,
      one.subject,
      one.scopes,
      one.roles,
      one.ipAddress,
      one.userAgent,
      one.lifetimeSeconds,
    ];
    const [row] = await tx.query<SessionRow>(BEGIN, [one.parentId, one.actorId, newId(), ...values]);
    return row ?? null;
  }

  /** @returns the ids of what has ended */
  async end(tx: Transaction, id: string, parentId: string): Promise<string[]> {
    return (await tx.query<{ id: string }>(END, [id, parentId])).map((row) => row.id);
  }

  /** Ends what hangs on these sessions. */
  async endBelow(tx: Transaction, parentIds: readonly string[]): Promise<{ id: string; subject: string }[]> {
    return tx.query<{ id: string; subject: string }>(END_BELOW, [parentIds]);
  }

  /** Gives a session another token. @returns null when it has ended */
  async retoken(tx: Transaction, id: string, tokenHash: Buffer): Promise<SessionRow | null> {
    const [row] = await tx.query<SessionRow>(RETOKEN, [id, tokenHash]);
    return row ?? null;
  }
}
