import type { AuthError } from '../../common/errors/auth-error.js';
import { toOAuthText } from '../../common/errors/rendered-error.js';
import type { ResponseMode } from '../codes/authorization-parameters.js';

/** The result of a step: the authorization ends, or goes on at a page. */
export type AuthorizationResult =
  /** A page of this server or of the host. */
  | { readonly kind: 'interaction'; readonly url: string; readonly cookie?: string }
  /** Back to the client, with a code or an error. */
  | { readonly kind: 'response'; readonly response: AuthorizationResponse }
  /** An error for an unverified client while the user is unknown: a page lets the user decide whether to go on to it. */
  | { readonly kind: 'error'; readonly error: AuthError; readonly response: AuthorizationResponse };

/** RFC 6749 4.1.2 and 4.1.2.1. The parameters include `state`, if the request had one, and `iss`. */
export interface AuthorizationResponse {
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Where and how a response goes back. */
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

/** Response mode `query`: adds the parameters to those of the address (RFC 6749 3.1.2), which stay as they are spelled. */
export function responseUrl({ redirectUri, parameters }: AuthorizationResponse): string {
  const separator = redirectUri.includes('?') ? '&' : '?';
  return `${redirectUri}${separator}${new URLSearchParams({ ...parameters }).toString()}`;
}

/** RFC 9207: `iss` names this server, with a code and with an error (T066). */
function respond(target: ResponseTarget, issuer: string, parameters: Record<string, string>): AuthorizationResponse {
  const { redirectUri, responseMode, state } = target;
  return { redirectUri, responseMode, parameters: { ...parameters, ...(state !== null && { state }), iss: issuer } };
}
