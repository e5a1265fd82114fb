import type { SenderProof } from '../ports/sender-proof.js';
import type { Client, TokenResponse } from '../ports/authorization-server.js';

/** The `grant_type` of the device flow (RFC 8628 3.4). */
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** The `grant_type` of token exchange (RFC 8693 2.1). */
export const TOKEN_EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** The `grant_type` of assertions (RFC 7523 2.1). */
export const JWT_BEARER_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** A token request. Its client is authenticated and may use this grant. */
export interface GrantRequest<C extends Client = Client> {
  readonly client: C;
  /** Only the parameters that the grant names; each at most once, never empty (RFC 6749 3.2). */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** The values of `resource`, which may be repeated (RFC 8707). */
  readonly resources: readonly string[];
  /** The values of `audience`, which may be repeated (RFC 8693 2.1); empty for a grant that does not name it among its parameters. */
  readonly audiences: readonly string[];
  /** What its tokens are to be bound to. */
  readonly sender: SenderProof;
}

/**
 * A way to get tokens at the token endpoint. Capabilities add grants by their extension.
 * @typeParam C what the grant knows of a client: more than `Client` only in the capability whose port authenticates them
 */
export interface Grant<C extends Client = Client> {
  /** The `grant_type`. */
  readonly grantType: string;
  /** Every token of the grant is for a user who agreed, so that clients may register themselves for it (T095). Default false. */
  readonly isForUsers?: boolean;
  /** Whether options give it to a client that has not registered its `grant_type`, as one of a metadata document. Default: they do not. */
  isGivenTo?(client: C): boolean;
  /** The form fields that the grant receives, besides `resource`. Only a grant that names `audience` may be sent several of it. */
  readonly parameters: readonly string[];
  /** @throws AuthError of RFC 6749 5.2, or of the grant's own specification */
  handle(request: GrantRequest<C>): Promise<TokenResponse>;
}

/**
 * Gives something else than an access token of ours at token exchange, by its `requested_token_type` (RFC 8693 2.1). Capabilities add theirs by
 * their extension. The client is confidential, and may use the grant; whether it may have this is decided here.
 */
export interface TokenExchanger<C extends Client = Client> {
  /** The `requested_token_type`. */
  readonly requestedTokenType: string;
  /** @throws AuthError of RFC 8693 2.2.2, or of its own specification */
  exchange(request: GrantRequest<C>): Promise<TokenResponse>;
}
