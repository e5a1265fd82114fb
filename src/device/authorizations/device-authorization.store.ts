import { Injectable } from '@nestjs/common';
import {
  bytes,
  identifier,
  integer,
  jsonText,
  orNull,
  secondsFromNow,
  text,
  texts,
} from '../../common/database/columns.js';
import { Database, type Statement } from '../../common/database/database.js';
import { insertInto, type Inserted } from '../../common/database/insert.js';
import type { StatementPart } from '../../common/database/statement-part.js';
import type { Transaction } from '../../common/database/transaction.js';
import type { AuthorizationDetail } from '../../common/principal/authorization-detail.js';
import { newId } from '../../common/new-id.js';

/** What an approved device gets: tokens of the authorization server, or a session of its own. */
export type DeviceGift = 'tokens' | 'session';
export type DeviceStatus = 'pending' | 'approved' | 'denied';
export type Decision = Exclude<DeviceStatus, 'pending'>;

const DEVICE = insertInto('auth_device_authorization', {
  id: identifier('id'),
  deviceCodeHash: bytes('device_code_hash'),
  userCodeHash: bytes('user_code_hash'),
  clientId: text('client_id'),
  gives: text<DeviceGift>('gives'),
  scopes: texts('scopes'),
  resources: texts('resources'),
  authorizationDetails: orNull(jsonText('authorization_details')),
  ipAddress: orNull(text('ip_address')),
  userAgent: orNull(text('user_agent')),
  pollIntervalSeconds: integer('poll_interval_seconds'),
  lifetimeSeconds: secondsFromNow('expires_at'),
});
export type NewDeviceAuthorization = Omit<Inserted<typeof DEVICE>, 'id'>;

/** What a poll reads. */
export interface PolledRow {
  id: string;
  status: DeviceStatus;
  expired: boolean;
  polled_early: boolean;
  poll_interval_seconds: number;
  scopes: string[];
  resources: string[];
  authorization_details: AuthorizationDetail[] | null;
  subject: string | null;
  session_id: string | null;
  authenticated_at: Date | null;
  amr: string[];
  roles: string[];
  epoch: number | null;
}

/** What a user sees of a waiting device. */
export interface WaitingRow {
  id: string;
  client_id: string;
  gives: DeviceGift;
  status: DeviceStatus;
  expired: boolean;
  subject: string | null;
  scopes: string[];
  resources: string[];
  authorization_details: AuthorizationDetail[] | null;
  ip_address: string | null;
  user_agent: string | null;
  created_at: Date;
}

/** What administrators see of one. */
export interface PendingRow extends WaitingRow {
  expires_at: Date;
}

export interface DecisionBy {
  readonly subjectId: string;
  readonly sessionId: string;
  readonly authenticatedAt: Date | null;
  readonly epoch: number;
  /** How they had signed in to that session (RFC 8176). */
  readonly methods: readonly string[];
  readonly roles: readonly string[];
}

const INSERT: Statement = {
  name: 'auth_device_insert',
  text: `${DEVICE.text} ON CONFLICT (user_code_hash) DO NOTHING RETURNING id`,
};
/** Timers and networks vary: a poll is early only if it comes more than this before its due time. */
const SLACK = `least(1, poll_interval_seconds / 2.0) * interval '1 second'`;
const EARLY = `now() < next_poll_at - ${SLACK}`;
/** A late poll delays the due time of the next one only by what exceeds this, so that a device can keep its schedule. */
const LATENESS = `(poll_interval_seconds - least(1, poll_interval_seconds / 2.0)) / 2 * interval '1 second'`;
/**
 * RFC 8628 3.5: a device that polls too early must wait 5 seconds longer from then on. `next_poll_at` counts from when this poll was due. A
 * poll by another client changes nothing.
 */
const POLL: Statement = {
  name: 'auth_device_poll',
  text: `UPDATE auth_device_authorization SET
           polled_early = ${EARLY},
           poll_interval_seconds = CASE WHEN ${EARLY} THEN least(poll_interval_seconds + 5, 3600) ELSE poll_interval_seconds END,
           next_poll_at = CASE WHEN ${EARLY} THEN next_poll_at + interval '5 seconds'
             ELSE greatest(least(next_poll_at, now()), now() - ${LATENESS}) + poll_interval_seconds * interval '1 second' END
         WHERE device_code_hash = $1 AND client_id = $2 AND gives = $3
         RETURNING id, status, expires_at <= now() AS expired, polled_early, poll_interval_seconds, scopes, resources, authorization_details, subject, session_id,
           authenticated_at, amr, roles, epoch`,
};
const consume = (when: string) => `DELETE FROM auth_device_authorization
         WHERE id = $1 AND status = 'approved' AND expires_at > now() AND ${when} RETURNING id`;
const CONSUME: Statement = { name: 'auth_device_consume', text: consume('true') };
const VIEW = `id, client_id, gives, status, expires_at <= now() AS expired, subject, scopes, resources, authorization_details, ip_address, user_agent, created_at`;
const FIND: Statement = {
  name: 'auth_device_find',
  text: `SELECT ${VIEW} FROM auth_device_authorization WHERE user_code_hash = ANY($1)`,
};
const FIND_CLAIMED: Statement = {
  name: 'auth_device_find_claimed',
  text: `${FIND.text} AND subject = $2`,
};
const CLAIM: Statement = {
  name: 'auth_device_claim',
  text: `UPDATE auth_device_authorization SET subject = $2
         WHERE user_code_hash = ANY($1) AND subject IS NULL AND status = 'pending' AND expires_at > now() RETURNING ${VIEW}`,
};
const DECIDE: Statement = {
  name: 'auth_device_decide',
  text: `UPDATE auth_device_authorization SET status = $3, session_id = $4, authenticated_at = $5, epoch = $6, amr = $7, roles = $8
         WHERE id = $1 AND subject = $2 AND status = 'pending' AND expires_at > now() RETURNING id`,
};
/** Skips rows that a poll or a decision has locked: those find the user or the session ended. Waiting could deadlock. */
const WITHDRAW: Statement = {
  name: 'auth_device_withdraw',
  text: `UPDATE auth_device_authorization SET status = 'denied' WHERE id IN (
           SELECT id FROM auth_device_authorization WHERE session_id = ANY($1) AND status = 'approved' FOR UPDATE SKIP LOCKED)`,
};
const REMOVE_OF: Statement = {
  name: 'auth_device_remove_of',
  text: `DELETE FROM auth_device_authorization WHERE id IN (
           SELECT id FROM auth_device_authorization WHERE subject = $1 FOR UPDATE SKIP LOCKED)`,
};

const PENDING = `status = 'pending' AND expires_at > now()`;
const LIST_PENDING: Statement = {
  name: 'auth_device_list_pending',
  text: `SELECT ${VIEW}, expires_at FROM auth_device_authorization WHERE ${PENDING} ORDER BY expires_at DESC, id LIMIT $1 OFFSET $2`,
};
const COUNT_PENDING: Statement = {
  name: 'auth_device_count_pending',
  text: `SELECT count(*)::int AS count FROM auth_device_authorization WHERE ${PENDING}`,
};
const REFUSE: Statement = {
  name: 'auth_device_refuse',
  text: `UPDATE auth_device_authorization SET status = 'denied' WHERE id = $1 AND ${PENDING} RETURNING client_id`,
};

/** Statements about waiting devices. */
@Injectable()
export class DeviceAuthorizationStore {
  constructor(private readonly database: Database) {}

  /** @returns false when the user code is taken */
  async insert(row: NewDeviceAuthorization): Promise<boolean> {
    return (await this.database.query(INSERT, DEVICE.values({ ...row, id: newId() }))).length > 0;
  }

  /** Records a poll. @returns null when the code is unknown, spent or another client's */
  async poll(deviceCodeHash: Buffer, clientId: string, gives: DeviceGift): Promise<PolledRow | null> {
    const [row] = await this.database.query<PolledRow>(POLL, [deviceCodeHash, clientId, gives]);
    return row ?? null;
  }

  /** Spends an approved code. @returns false when it is spent, expired or no longer approved */
  async consume(tx: Transaction, id: string): Promise<boolean> {
    return (await tx.query(CONSUME, [id])).length > 0;
  }

  /** The same inside another statement. */
  consuming(id: string): StatementPart {
    return { name: 'device', text: consume, values: [id] };
  }

  /** @param userCodeHashes digests of one user code, under every secret */
  async find(userCodeHashes: readonly Buffer[]): Promise<WaitingRow | null> {
    const [row] = await this.database.query<WaitingRow>(FIND, [userCodeHashes]);
    return row ?? null;
  }

  /** The one that this user has opened before. */
  async findClaimed(userCodeHashes: readonly Buffer[], subjectId: string): Promise<WaitingRow | null> {
    const [row] = await this.database.query<WaitingRow>(FIND_CLAIMED, [userCodeHashes, subjectId]);
    return row ?? null;
  }

  /** Reserves the decision for this user, unless it is reserved. */
  async claim(userCodeHashes: readonly Buffer[], subjectId: string): Promise<WaitingRow | null> {
    const [row] = await this.database.query<WaitingRow>(CLAIM, [userCodeHashes, subjectId]);
    return row ?? null;
  }

  /** @returns false when it has been decided or has expired meanwhile */
  async decide(tx: Transaction, id: string, decision: Decision, by: DecisionBy): Promise<boolean> {
    const { subjectId, sessionId, authenticatedAt, epoch, methods, roles } = by;
    const values = [id, subjectId, decision, sessionId, authenticatedAt, epoch, methods, roles];
    return (await tx.query(DECIDE, values)).length > 0;
  }

  /** Devices that nobody has decided about yet, the latest first. */
  async listPending(limit: number, offset: number): Promise<{ rows: PendingRow[]; total: number }> {
    const rows = await this.database.query<PendingRow>(LIST_PENDING, [limit, offset]);
    const [counted] = await this.database.query<{ count: number }>(COUNT_PENDING, []);
    return { rows, total: counted!.count };
  }

  /** Denies without a user. @returns the client; null when it is unknown, decided or expired */
  async refuse(id: string): Promise<string | null> {
    const [row] = await this.database.query<{ client_id: string }>(REFUSE, [id]);
    return row?.client_id ?? null;
  }

  /** Withdraws the unused approvals that were given in these sessions, which end. */
  async withdraw(tx: Transaction, sessionIds: readonly string[]): Promise<void> {
    await tx.query(WITHDRAW, [sessionIds]);
  }

  async removeOf(tx: Transaction, subjectId: string): Promise<void> {
    await tx.query(REMOVE_OF, [subjectId]);
  }
}
