import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { Database, type Statement } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';

export type CallbackRoute = 'callback' | 'oauth2/callback';

export interface LinkStateRow {
  id: string;
  provider_id: string;
  purpose: 'sign-in' | 'link';
  subject: string | null;
  session_id: string | null;
  secrets: Buffer;
  scopes: string[];
  requests_sign_up: boolean;
  callback_url: string;
  new_user_callback_url: string | null;
  error_callback_url: string | null;
}

export interface NewLinkState {
  readonly stateHash: Buffer;
  readonly browserHash: Buffer;
  readonly providerId: string;
  readonly route: CallbackRoute;
  readonly purpose: 'sign-in' | 'link';
  readonly subject: string | null;
  readonly sessionId: string | null;
  /** @param id of the row, which the box is bound to */
  readonly sealSecrets: (id: string) => Buffer;
  readonly scopes: readonly string[];
  readonly requestsSignUp: boolean;
  readonly callbackUrl: string;
  readonly newUserCallbackUrl: string | null;
  readonly errorCallbackUrl: string | null;
  readonly lifetimeSeconds: number;
}

export interface PresentedState {
  readonly stateHash: Buffer;
  /** Of every value of the cookie. */
  readonly browserHashes: readonly Buffer[];
  readonly providerId: string;
  readonly route: CallbackRoute;
}

const INSERT: Statement = {
  name: 'auth_link_state_insert',
  text: `INSERT INTO auth_link_state (id, state_hash, browser_hash, provider_id, route, purpose, subject, session_id, secrets, scopes,
           requests_sign_up, callback_url, new_user_callback_url, error_callback_url, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, now() + $15::int * interval '1 second')`,
};
/**
 * Who presents it in the wrong browser or at the wrong provider does not spend it for the right one. A spent row is good for nothing but its
 * error address, until it is swept.
 */
const CONSUME: Statement = {
  name: 'auth_link_state_consume',
  text: `UPDATE auth_link_state s SET expires_at = 'epoch', secrets = ''
         FROM (SELECT id, secrets FROM auth_link_state WHERE state_hash = $1 AND browser_hash = ANY($2) AND provider_id = $3 AND route = $4
                 AND expires_at > now() FOR UPDATE) live
         WHERE s.id = live.id
         RETURNING s.id, s.provider_id, s.purpose, s.subject, s.session_id, live.secrets, s.scopes, s.requests_sign_up, s.callback_url,
           s.new_user_callback_url, s.error_callback_url`,
};
const ERROR_URL: Statement = {
  name: 'auth_link_state_error_url',
  text: 'SELECT error_callback_url FROM auth_link_state WHERE state_hash = $1',
};
const FIND_BROWSER: Statement = {
  name: 'auth_link_state_find_browser',
  text: `SELECT browser_hash FROM auth_link_state WHERE browser_hash = ANY($1) AND expires_at > now() ORDER BY created_at DESC LIMIT 1`,
};
const REMOVE_OF: Statement = {
  name: 'auth_link_state_remove_of',
  text: 'DELETE FROM auth_link_state WHERE subject = $1',
};

/** Every statement about trips to providers. */
@Injectable()
export class LinkStateStore {
  constructor(private readonly database: Database) {}

  async insert(state: NewLinkState): Promise<void> {
    const id = uuid();
    await this.database.query(INSERT, [
      id,
      state.stateHash,
      state.browserHash,
      state.providerId,
      state.route,
      state.purpose,
      state.subject,
      state.sessionId,
      state.sealSecrets(id),
      state.scopes,
      state.requestsSignUp,
      state.callbackUrl,
      state.newUserCallbackUrl,
      state.errorCallbackUrl,
      state.lifetimeSeconds,
    ]);
  }

  /** @returns the one of these that the newest trip under way is bound to */
  async findBrowser(browserHashes: readonly Buffer[]): Promise<Buffer | null> {
    const [row] = await this.database.query<{ browser_hash: Buffer }>(FIND_BROWSER, [browserHashes]);
    return row?.browser_hash ?? null;
  }

  /** Spends the state. @returns null when it is unknown, spent, expired, or of another browser, provider or route */
  async consume(presented: PresentedState): Promise<LinkStateRow | null> {
    const { stateHash, browserHashes, providerId, route } = presented;
    const [row] = await this.database.query<LinkStateRow>(CONSUME, [stateHash, browserHashes, providerId, route]);
    return row ?? null;
  }

  /** Where a trip ends that failed, also of a state that is spent or expired. @returns null when it named no address, or is not known any more */
  async errorUrlOf(stateHash: Buffer): Promise<string | null> {
    const [row] = await this.database.query<{ error_callback_url: string | null }>(ERROR_URL, [stateHash]);
    return row?.error_callback_url ?? null;
  }

  /** Trips that a user has begun to link an account. */
  async removeOf(tx: Transaction, subjectId: string): Promise<void> {
    await tx.query(REMOVE_OF, [subjectId]);
  }
}
