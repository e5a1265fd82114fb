import { Injectable } from '@nestjs/common';
import { boolean, bytes, identifier, orNull, secondsFromNow, text, texts } from '../../common/database/columns.js';
import { Database, type Statement } from '../../common/database/database.js';
import { insertInto, type Inserted } from '../../common/database/insert.js';
import type { Transaction } from '../../common/database/transaction.js';
import { newId } from '../../common/new-id.js';

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

const STATE = insertInto('auth_link_state', {
  id: identifier('id'),
  stateHash: bytes('state_hash'),
  browserHash: bytes('browser_hash'),
  providerId: text('provider_id'),
  route: text<CallbackRoute>('route'),
  purpose: text<'sign-in' | 'link'>('purpose'),
  subject: orNull(text('subject')),
  sessionId: orNull(text('session_id')),
  secrets: bytes('secrets'),
  scopes: texts('scopes'),
  requestsSignUp: boolean('requests_sign_up'),
  callbackUrl: text('callback_url'),
  newUserCallbackUrl: orNull(text('new_user_callback_url')),
  errorCallbackUrl: orNull(text('error_callback_url')),
  lifetimeSeconds: secondsFromNow('expires_at'),
});

export interface NewLinkState extends Omit<Inserted<typeof STATE>, 'id' | 'secrets'> {
  /** @param id of the row, to which the sealed secrets are bound */
  readonly sealSecrets: (id: string) => Buffer;
}

export interface PresentedState {
  readonly stateHash: Buffer;
  /** One for every value of the cookie. */
  readonly browserHashes: readonly Buffer[];
  readonly providerId: string;
  readonly route: CallbackRoute;
}

const INSERT: Statement = {
  name: 'auth_link_state_insert',
  text: STATE.text,
};
/**
 * A state presented in the wrong browser or at the wrong provider is not spent, so that the right one can still use it. A spent row serves only
 * for its error address, until it is swept.
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

/** Every statement about provider redirects. */
@Injectable()
export class LinkStateStore {
  constructor(private readonly database: Database) {}

  async insert(state: NewLinkState): Promise<void> {
    const id = newId();
    await this.database.query(INSERT, STATE.values({ ...state, id, secrets: state.sealSecrets(id) }));
  }

  /** @returns the one of these that the newest redirect under way is bound to */
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

  /** Where a failed redirect ends, even when its state is spent or expired. @returns null when it has no error address, or is unknown */
  async errorUrlOf(stateHash: Buffer): Promise<string | null> {
    const [row] = await this.database.query<{ error_callback_url: string | null }>(ERROR_URL, [stateHash]);
    return row?.error_callback_url ?? null;
  }

  /** Removes the redirects that a user has begun to link an account. */
  async removeOf(tx: Transaction, subjectId: string): Promise<void> {
    await tx.query(REMOVE_OF, [subjectId]);
  }
}
