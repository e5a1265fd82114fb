import type { SenderProof } from '../ports/sender-proof.js';
import type { Client, TokenResponse } from '../ports/authorization-server.js';

/** The `grant_type` of the device flow (RFC 8628 3.4). */
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** The `grant_type` of assertions (RFC 7523 2.1). */
export const JWT_BEARER_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** A token request. Its client is authenticated and may use this grant. */
export interface GrantRequest<C extends Client = Client> {
  readonly client: C;
  /** Only the parameters that the grant names; each at most once, never empty (RFC 6749 3.2). */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** The values of `resource`, the only parameter that may be repeated (RFC 8707). */
  readonly resources: readonly string[];
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
  /** The form fields that the grant receives, besides `resource`. */
  readonly parameters: readonly string[];
  /** @throws AuthError of RFC 6749 5.2, or of the grant's own specification */
  handle(request: GrantRequest<C>): Promise<TokenResponse>;
}
