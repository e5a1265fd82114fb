import type { AuthError } from '../../common/errors/auth-error.js';
import { toOAuthText } from '../../common/errors/rendered-error.js';
import type { ResponseMode } from '../codes/authorization-parameters.js';

/** Where an authorization ends, or goes on. */
export type AuthorizationResult =
  /** A page of this server or of the host. */
  | { readonly kind: 'interaction'; readonly url: string; readonly cookie?: string }
  /** Back to the client, with a code or an error. */
  | { readonly kind: 'response'; readonly response: AuthorizationResponse }
  /** An error for a client that nobody vouches for, before anybody is known: the user decides whether to go on to it. */
  | { readonly kind: 'error'; readonly error: AuthError; readonly response: AuthorizationResponse };

/** RFC 6749 4.1.2 and 4.1.2.1. `state` and `iss` are always among the parameters where they have to be. */
export interface AuthorizationResponse {
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a response goes back to. */
export interface ResponseTarget {
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  readonly state: string | null;
}

export function codeResponse(target: ResponseTarget, issuer: string, code: string): AuthorizationResponse {
  return respond(target, issuer, { code });
}

export function errorResponse(target: ResponseTarget, issuer: string, error: AuthError): AuthorizationResponse {
  return respond(target, issuer, { error: error.error, error_description: toOAuthText(error.description) });
}

/** Response mode `query`: the parameters join those that the address has (RFC 6749 3.1.2), which are left as they are spelled. */
export function responseUrl({ redirectUri, parameters }: AuthorizationResponse): string {
  const separator = redirectUri.includes('?') ? '&' : '?';
  return `${redirectUri}${separator}${new URLSearchParams({ ...parameters }).toString()}`;
}

/** RFC 9207: whoever answers says who it is, with a code and with an error (T066). */
function respond(target: ResponseTarget, issuer: string, parameters: Record<string, string>): AuthorizationResponse {
  const { redirectUri, responseMode, state } = target;
  return { redirectUri, responseMode, parameters: { ...parameters, ...(state !== null && { state }), iss: issuer } };
}
