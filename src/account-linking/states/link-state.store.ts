import { v7 as uuid } from 'uuid';
import type { Database, Statement } from '../../common/database/database.js';
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
/** Who presents it in the wrong browser or at the wrong provider does not spend it for the right one. */
const CONSUME: Statement = {
  name: 'auth_link_state_consume',
  text: `DELETE FROM auth_link_state WHERE state_hash = $1 AND browser_hash = ANY($2) AND provider_id = $3 AND route = $4 AND expires_at > now()
         RETURNING id, provider_id, purpose, subject, session_id, secrets, scopes, requests_sign_up, callback_url,
           new_user_callback_url, error_callback_url`,
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

  /** Trips that a user has begun to link an account. */
  async removeOf(tx: Transaction, subjectId: string): Promise<void> {
    await tx.query(REMOVE_OF, [subjectId]);
  }
}
