import type { HostText } from '../texts/host-text.js';
import type { StatementPart } from '../database/statement-part.js';
import type { AuthorizationDetail } from '../principal/authorization-detail.js';
import type { ActClaim } from '../principal/actor.js';
import type { Transaction } from '../database/transaction.js';
import type { PresentedProofs, SenderProof } from './sender-proof.js';
import type { SignInFacts } from '../tokens/sign-in-facts.js';

/** Longest id of a client, in characters. */
export const MAX_CLIENT_ID_LENGTH = 255;

/** How clients authenticate at the token endpoint (RFC 7591 2, OIDC Core 9, RFC 8705 2). */
export const CLIENT_AUTH_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'client_secret_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'none',
] as const;
export type ClientAuthMethod = (typeof CLIENT_AUTH_METHODS)[number];

/** An OAuth client (RFC 6749 2) as grants and pages know it. Contains no secret. */
export interface Client {
  readonly clientId: string;
  /** `client_name`, or the id where none is registered. */
  readonly name: string;
  readonly uri: string | null;
  readonly logoUri: string | null;
  readonly policyUri: string | null;
  readonly tosUri: string | null;
  /** It has no credentials and cannot authenticate (RFC 6749 2.1). */
  readonly isPublic: boolean;
  /** It belongs to the operator of this server; the host may skip the consent page for it. */
  readonly isFirstParty: boolean;
  /** An agent: it acts for users without asking them each time. Only whoever runs this server says so of a client. */
  readonly isAgent: boolean;
  /** False: registered by an unknown registrant; pages say so (T093). */
  readonly isVerified: boolean;
  /** Host at which it publishes what it says of itself, so that pages show it before the name; null: it does not. */
  readonly host: string | null;
  readonly grantTypes: ReadonlySet<string>;
  /** Scopes that users may grant to it. */
  readonly scopes: ReadonlySet<string>;
  /** Scopes it may have for itself, by the client credentials grant. */
  readonly ownScopes: ReadonlySet<string>;
  /** The protected resources that it stands for: those that options or administration name for it. None of a public client. */
  readonly standsFor: ReadonlySet<string>;
}

/** What a scope lets a client do, for the user who is asked. */
export interface ScopeText {
  readonly title: HostText;
  readonly description?: HostText;
}
/** The host's texts of scopes, by name. */
export type ScopeTexts = ReadonlyMap<string, ScopeText>;

/** One of the details that a client asks for (RFC 9396), and what its type lets it do, in the host's words. */
export interface ShownDetail {
  readonly detail: AuthorizationDetail;
  readonly title: HostText;
}

/** The members of a client that pages show. */
export type ShownClient = Pick<Client, 'name' | 'isVerified'> &
  Partial<Pick<Client, 'clientId' | 'isAgent' | 'uri' | 'logoUri' | 'policyUri' | 'tosUri' | 'host'>>;

/** The client id and credentials in a request (RFC 6749 2.3, RFC 7521 4.2). */
export type PresentedClient =
  | ({ readonly method: 'none'; readonly clientId: string } & PresentedInHeader)
  | ({
      readonly method: 'client_secret_basic' | 'client_secret_post';
      readonly clientId: string;
      readonly secret: string;
    } & PresentedInHeader)
  | { readonly method: 'client_assertion'; readonly clientId: string | null; readonly assertion: string };

/** Set for a client that was presented in an `Authorization: Basic` header. */
export interface PresentedInHeader {
  readonly inHeader?: true;
  /** The second reading of the header, for clients that do not form-encode id and secret; absent when both readings are equal. */
  readonly asWritten?: { readonly clientId: string; readonly secret: string };
}

/** How one claim is requested (OIDC Core 5.5.1). */
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

/** Order for the tokens of a client: everything that they will say. */
export interface TokenOrder<C extends Client = Client> {
  readonly client: C;
  /** The user, or the client itself with the client credentials grant. */
  readonly subjectId: string;
  readonly subjectKind: 'user' | 'client';
  /** The session in which the user consented; the tokens end with it unless `offline_access` was granted (T084). */
  readonly sessionId: string | null;
  /** How they were bought: `authorization_code`, `device_code`, `client_credentials`; of another grant its grant type. */
  readonly source: string;
  /** Id of the code or device code that was spent, so that a replay finds the tokens. */
  readonly sourceId: string | null;
  readonly scopes: readonly string[];
  /** RFC 8707; empty: this server. */
  readonly resources: readonly string[];
  /** Resources of the access token, when it is for fewer of them (RFC 8707 2.2). Default: `resources`. */
  readonly accessResources?: readonly string[];
  /** What was granted beyond scopes (RFC 9396). Default: nothing. */
  readonly authorizationDetails?: readonly AuthorizationDetail[];
  /** Those of the access token, when it is for fewer (RFC 9396 6). Default: all. */
  readonly accessDetails?: readonly AuthorizationDetail[];
  readonly authenticatedAt: Date | null;
  /** Who acts for the subject (RFC 8693 4.1). Default: nobody. */
  readonly actor?: ActClaim | null;
  /** The family of another token that these end with. Default: one of their own. */
  readonly joins?: string | null;
  /** They expire by then, whatever their lifetime is. Default: no such time. */
  readonly expiresBy?: Date | null;
  /** What the tokens are bound to. */
  readonly sender: SenderProof;
  readonly nonce?: string | null;
  readonly claims?: ClaimsRequest | null;
  /** What the tokens tell of the sign-in. */
  readonly signIn?: SignInFacts;
  /** False: no refresh token, whatever the scopes; for the client credentials grant (RFC 6749 4.4.3). */
  readonly refreshable: boolean;
}

/** RFC 6749 5.1 and OIDC Core 3.1.3.3. */
export interface TokenResponse {
  /** Whatever was issued, also what is no access token (RFC 8693 2.2.1). */
  readonly access_token: string;
  /** What that is; of token exchange only (RFC 8693 2.2.1). */
  readonly issued_token_type?: string;
  /** `DPoP`: bound to a key (RFC 9449 5). `N_A`: it is no access token (RFC 8693 2.2.1). */
  readonly token_type: 'Bearer' | 'DPoP' | 'N_A';
  /** Seconds. */
  readonly expires_in: number;
  /** Seconds since 1970; better-auth's clients read it. */
  readonly expires_at: number;
  readonly scope: string;
  /** What was granted (RFC 9396 7). */
  readonly authorization_details?: readonly AuthorizationDetail[];
  readonly refresh_token?: string;
  readonly id_token?: string;
}

/** Tokens that are signed but not yet valid. `store` makes them valid. */
export interface PreparedTokens {
  /** Whether `store` is one statement, so that `Database.single` will do. */
  readonly isOneStatement: boolean;
  /**
   * Writes the tokens, and before that holds user and session; a JWT of the client itself needs no statement (ADR 15).
   * @throws AuthError 400 `invalid_grant` when the user or their session has ended, 401 `invalid_client` when the client has
   */
  store(tx: Transaction): Promise<TokenResponse>;
  /**
   * The same, and spends what they are given for, in the same statement.
   * @returns null when there was nothing to spend; then nothing was written
   */
  store(tx: Transaction, spend: StatementPart): Promise<TokenResponse | null>;
}

/**
 * Port: clients and their tokens. Filled by the oauth-provider capability.
 * @typeParam C what the implementation itself knows of a client: callers hand back only clients that it gave them
 */
export interface AuthorizationServer<C extends Client = Client> {
  /** All scopes of this server. */
  readonly scopes: ReadonlySet<string>;
  /** What they let a client do, in the host's words. */
  readonly scopeTexts: ScopeTexts;
  /** What resources are called, by their identifiers. */
  readonly resourceNames: ReadonlyMap<string, string>;
  /** @returns null when the client is unknown or disabled */
  findClient(clientId: string): Promise<C | null>;
  /** Whether this id belongs to a client, even a disabled one: no other subject may use it. */
  isClientId(clientId: string): Promise<boolean>;
  /** Whether scripts of this origin may call: it belongs to a public client, or is listed in the options (Fetch 3.2). */
  allowsOrigin(origin: string): Promise<boolean>;
  /**
   * @param begins whether a user may be asked to allow something: then the document of a client that publishes one has to be there now
   * @throws AuthError 401 `invalid_client`, the same whatever the reason (T081)
   */
  authenticateClient(presented: PresentedClient, begins?: 'begins'): Promise<C>;
  /**
   * What the tokens of a request are bound to, of what it proves.
   * @throws AuthError 400 `invalid_dpop_proof` when the client must prove a key and has not; `invalid_grant` for a refresh token
   */
  senderOf(client: C, presented: PresentedProofs, grantType: string): SenderProof;
  /**
   * The scopes for a request: never more than asked for, and never silently fewer (T061).
   * @param asked the `scope` parameter; absent: for a user the client's default, or the minimum of the resources; for the client all that it may have
   * @param resources of the request, as `resourcesFor` gives them. Default: none
   * @throws AuthError 400 `invalid_scope`
   */
  scopesFor(
    client: C,
    asked: string | undefined,
    subjectKind: 'user' | 'client',
    resources?: readonly string[],
  ): string[];
  /** Checks the resources of a request (RFC 8707 2). @throws AuthError 400 `invalid_target` */
  resourcesFor(client: C, asked: readonly string[]): string[];
  /**
   * What a request asks for beyond scopes (RFC 9396 2): read, checked by the schemas of the host, in one spelling.
   * @param asked the `authorization_details` parameter; absent: nothing
   * @throws AuthError 400 `invalid_authorization_details` for what is malformed, unknown or not for this client
   */
  authorizationDetailsFor(client: C, asked: string | undefined): Promise<readonly AuthorizationDetail[]>;
  /** Details as pages show them; those whose type is not offered any more are left out. */
  shownDetails(details: readonly AuthorizationDetail[]): readonly ShownDetail[];
  /**
   * Checks the resources of a token request whose grant named none (RFC 8707 2.2): allowed are those that the client may have anyway,
   * if they accept some of the granted scopes.
   * @throws AuthError 400 `invalid_target`
   */
  laterResourcesFor(client: C, asked: readonly string[], scopes: readonly string[]): string[];
  /**
   * The name of a user that is the same for all of a sector, and for nobody else (OIDC Core 8.1).
   * @param sector a host; null: the user's own id
   */
  subjectIn(sector: string | null, subjectId: string): string;
  /** Asks the host whether this user may use this client. @throws AuthError the host's veto */
  admitUser(client: C, subjectId: string, scopes: readonly string[]): Promise<void>;
  /**
   * Records a consent that a user gave outside the authorization endpoint, so that they find the client in the list of their applications
   * and can withdraw it. Call it in the transaction that stores the tokens, after `store`.
   */
  recordConsent(
    tx: Transaction,
    grant: Pick<TokenOrder<C>, 'client' | 'subjectId' | 'scopes' | 'resources'>,
  ): Promise<void>;
  /** Mints and signs the tokens, and uses up the proof that they are bound by. Call it before the transaction, because signing may need the database (T118). */
  prepare(order: TokenOrder): Promise<PreparedTokens>;
}
