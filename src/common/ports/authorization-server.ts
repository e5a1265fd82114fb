import type { Transaction } from '../database/transaction.js';

/** Ids of clients are no longer. */
export const MAX_CLIENT_ID_LENGTH = 255;

/** How a client proves itself at the token endpoint (RFC 7591 2, OIDC Core 9). */
export const CLIENT_AUTH_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'client_secret_jwt',
  'none',
] as const;
export type ClientAuthMethod = (typeof CLIENT_AUTH_METHODS)[number];

/** An OAuth client (RFC 6749 2) as grants and pages know it. Holds no secret. */
export interface Client {
  readonly clientId: string;
  /** `client_name`, or the id where none is registered. */
  readonly name: string;
  readonly uri: string | null;
  readonly logoUri: string | null;
  readonly policyUri: string | null;
  readonly tosUri: string | null;
  /** Has no secret and proves nothing (RFC 6749 2.1). */
  readonly isPublic: boolean;
  /** Of the same house as this server; the host may skip its consent. */
  readonly isFirstParty: boolean;
  /** False: registered by somebody nobody knows; pages say so (T093). */
  readonly isVerified: boolean;
  readonly grantTypes: ReadonlySet<string>;
  /** Scopes that users may grant it. */
  readonly scopes: ReadonlySet<string>;
  /** Scopes it has as itself, with the client credentials grant. */
  readonly ownScopes: ReadonlySet<string>;
}

/** What pages show of a client. */
export type ShownClient = Pick<Client, 'name' | 'isVerified'> &
  Partial<Pick<Client, 'uri' | 'logoUri' | 'policyUri' | 'tosUri'>>;

/** What a request presents of a client (RFC 6749 2.3, RFC 7521 4.2). */
export type PresentedClient =
  | ({ readonly method: 'none'; readonly clientId: string } & PresentedInHeader)
  | ({
      readonly method: 'client_secret_basic' | 'client_secret_post';
      readonly clientId: string;
      readonly secret: string;
    } & PresentedInHeader)
  | { readonly method: 'client_assertion'; readonly clientId: string | null; readonly assertion: string };

/** What is known of a client that came in an `Authorization: Basic` header. */
export interface PresentedInHeader {
  readonly inHeader?: true;
  /** The same header as a client has written it that did not form-encode id and secret, where that is another reading. */
  readonly asWritten?: { readonly clientId: string; readonly secret: string };
}

/** One claim asked for by name (OIDC Core 5.5.1). */
export interface ClaimRequest {
  readonly essential?: boolean;
  readonly value?: unknown;
  readonly values?: readonly unknown[];
}

/** The `claims` parameter (OIDC Core 5.5). */
export interface ClaimsRequest {
  readonly userinfo?: Readonly<Record<string, ClaimRequest | null>>;
  readonly id_token?: Readonly<Record<string, ClaimRequest | null>>;
}

/** What a client is given: all that its tokens will say. */
export interface TokenOrder<C extends Client = Client> {
  readonly client: C;
  /** The user; the client itself with the client credentials grant. */
  readonly subjectId: string;
  readonly subjectKind: 'user' | 'client';
  /** The session in which the user said yes; the tokens end with it unless `offline_access` was granted (T084). */
  readonly sessionId: string | null;
  /** `authorization_code`, `device_code`, `client_credentials`. */
  readonly source: string;
  /** Id of what was spent for it, so that a replay finds the tokens. */
  readonly sourceId: string | null;
  readonly scopes: readonly string[];
  /** RFC 8707; empty: this server. */
  readonly resources: readonly string[];
  /** Those of the access token, where it is for fewer of them (RFC 8707 2.2). Default: `resources`. */
  readonly accessResources?: readonly string[];
  readonly authenticatedAt: Date | null;
  readonly nonce?: string | null;
  readonly claims?: ClaimsRequest | null;
  readonly acr?: string | null;
  /** How the user proved who they are (RFC 8176). */
  readonly amr?: readonly string[];
  /** False: no refresh token whatever the scopes; the client credentials grant (RFC 6749 4.4.3). */
  readonly refreshable: boolean;
}

/** RFC 6749 5.1 and OIDC Core 3.1.3.3. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
  /** Seconds since 1970; better-auth's clients read it. */
  readonly expires_at: number;
  readonly scope: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
}

/** Tokens that are signed and not yet valid: `store` makes them so, in the transaction that spends what buys them. */
export interface PreparedTokens {
  /**
   * Writes them; one or two statements.
   * @throws AuthError 400 `invalid_grant` when the user or their session has ended, 401 `invalid_client` when the client has
   */
  store(tx: Transaction): Promise<TokenResponse>;
}

/**
 * Port: clients and what they are given. Filled by the oauth-provider capability.
 * @typeParam C what the implementation itself knows of a client: callers hand back only clients that it gave them
 */
export interface AuthorizationServer<C extends Client = Client> {
  /** The authentication context class of every sign-in here (OIDC Core 2). */
  readonly acr: string;
  /** All there are. */
  readonly scopes: ReadonlySet<string>;
  /** @returns null when there is none, or it is disabled */
  findClient(clientId: string): Promise<C | null>;
  /** Whether this is the id of a client, be it disabled: nobody else may go by it. */
  isClientId(clientId: string): Promise<boolean>;
  /** Whether scripts of this origin are those of a public client, or listed (Fetch 3.2). */
  allowsOrigin(origin: string): Promise<boolean>;
  /** @throws AuthError 401 `invalid_client`, one answer whatever the reason (T081) */
  authenticateClient(presented: PresentedClient): Promise<C>;
  /**
   * Scopes for what was asked: never more, and never silently less (T061).
   * @param asked the `scope` parameter; absent: all that the client may have
   * @throws AuthError 400 `invalid_scope`
   */
  scopesFor(client: C, asked: string | undefined, subjectKind: 'user' | 'client'): string[];
  /** The resources of a request, checked (RFC 8707 2). @throws AuthError 400 `invalid_target` */
  resourcesFor(client: C, asked: readonly string[]): string[];
  /**
   * The resources of a token request whose grant named none (RFC 8707 2.2): those that the client may have anyway, if they take some of
   * what was granted.
   * @throws AuthError 400 `invalid_target`
   */
  laterResourcesFor(client: C, asked: readonly string[], scopes: readonly string[]): string[];
  /** Asks the host whether this user may use this client at all. @throws AuthError the host's veto */
  admitUser(client: C, subjectId: string, scopes: readonly string[]): Promise<void>;
  /**
   * Remembers what a user has granted a client elsewhere than at the authorization endpoint, so that they find it in the list of their
   * applications and can take it back. In the transaction that gives the tokens, after `store`.
   */
  recordConsent(
    tx: Transaction,
    grant: Pick<TokenOrder<C>, 'client' | 'subjectId' | 'scopes' | 'resources'>,
  ): Promise<void>;
  /** Mints and signs, before the transaction: signing may need the database (T118). */
  prepare(grant: TokenOrder<C>): Promise<PreparedTokens>;
}
