import type { Actor } from '../principal/actor.js';
import type { AuthorizationDetail } from '../principal/authorization-detail.js';
import type { Confirmation } from '../principal/confirmation.js';
import type { SignInFacts } from '../tokens/sign-in-facts.js';
import type { StatementPart } from '../database/statement-part.js';
import type { Client } from './authorization-server.js';

/** Kinds of token, as token exchange names them (RFC 8693 3). */
export const TOKEN_TYPES = {
  accessToken: 'urn:ietf:params:oauth:token-type:access_token',
  refreshToken: 'urn:ietf:params:oauth:token-type:refresh_token',
  idToken: 'urn:ietf:params:oauth:token-type:id_token',
  jwt: 'urn:ietf:params:oauth:token-type:jwt',
  /** An identity assertion for another authorization server (draft-ietf-oauth-identity-assertion-authz-grant 4.3). */
  idJag: 'urn:ietf:params:oauth:token-type:id-jag',
  /** Our own: an API key of ours. */
  apiKey: 'urn:nest-authority:token-type:api_key',
} as const;

/** What a live token says of its subject, to whoever would exchange it (RFC 8693 2.1). */
export interface SubjectToken {
  /** One of {@link TOKEN_TYPES}. */
  readonly tokenType: string;
  readonly subjectId: string;
  readonly subjectKind: 'user' | 'client';
  /** The client that it was given to; null: none. */
  readonly clientId: string | null;
  /** Empty: this server. Null: it names none, and is good for whoever was shown it, as an API key. */
  readonly audience: readonly string[] | null;
  /** Null: it limits nothing, as an ID token. */
  readonly scopes: readonly string[] | null;
  /** What it allows beyond scopes (RFC 9396). Default: nothing. */
  readonly authorizationDetails?: readonly AuthorizationDetail[];
  /** Null: it does not expire. */
  readonly expiresAt: Date | null;
  /** The family that it ends with; null: it has none. */
  readonly familyId: string | null;
  readonly sessionId: string | null;
  /** What tokens of it are found by when it ends, where it has no family: the id of an API key. */
  readonly sourceId: string | null;
  readonly actor: Actor | null;
  /** Who alone may act with it (`may_act`, RFC 8693 4.4); null: it does not say. */
  readonly mayAct: Actor | null;
  readonly authenticatedAt: Date | null;
  readonly signIn: SignInFacts;
  readonly confirmation: Confirmation | null;
  /**
   * Holds while it is good, and until a token that is got by it is written, as a part of that statement: for one without a family, so that what
   * ends it ends that token too. Null: user, session and family see to it.
   */
  readonly holding: StatementPart | null;
  /**
   * Counts the use, where uses are counted. Call it last, when all else is right. Default: they are not.
   * @throws AuthError 429 when it may not be used more; 400 `invalid_grant` when it has ended
   */
  spend?(): Promise<void>;
}

/** Reads tokens of ours that may be exchanged. Capabilities add theirs through their extension. */
export interface SubjectTokenReader {
  /** Of {@link TOKEN_TYPES}; each is read by one reader. */
  readonly tokenType: string;
  /**
   * @param client that presents it, and is authenticated
   * @returns null for one that is malformed, unknown, ended, or not this client's to present; the reason is not told
   * @throws AuthError 503 when that cannot be known now
   */
  read(token: string, client: Client): Promise<SubjectToken | null>;
}
