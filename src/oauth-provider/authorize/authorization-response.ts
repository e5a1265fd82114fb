import type { AuthError } from '../../common/errors/auth-error.js';
import { toOAuthText } from '../../common/errors/rendered-error.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import type { AuthorizationParameters } from '../codes/authorization-parameters.js';

/** The result of a step: the authorization ends, or goes on at a page. */
export type AuthorizationResult =
  /** A page of this server or of the host. */
  | { readonly kind: 'interaction'; readonly url: string; readonly cookie?: string }
  /** Back to the client, with a code or an error. */
  | { readonly kind: 'response'; readonly response: AuthorizationResponse }
  /** An error for an unverified client while the user is unknown: a page lets the user decide whether to go on to it. */
  | { readonly kind: 'error'; readonly error: AuthError; readonly response: AuthorizationResponse };

/** RFC 6749 4.1.2 and 4.1.2.1. `AuthorizationResponses` makes of it what is sent. */
export interface AuthorizationResponse extends ResponseTarget {
  /** Besides `state` and `iss`. */
  readonly result: Readonly<Record<string, string>>;
}

/** Whom a response is for, and where and how it goes back. */
export interface ResponseTarget {
  readonly client: RegisteredClient;
  readonly parameters: Pick<AuthorizationParameters, 'redirectUri' | 'responseMode' | 'state'>;
}

export function codeResponse({ client, parameters }: ResponseTarget, code: string): AuthorizationResponse {
  return { client, parameters, result: { code } };
}

export function errorResponse({ client, parameters }: ResponseTarget, error: AuthError): AuthorizationResponse {
  return {
    client,
    parameters,
    result: { error: error.error, error_description: toOAuthText(error.description) },
  };
}
