import type { AuthError } from './auth-error.js';
import { commonErrorHeaders, toOAuthText, type RenderedError } from './rendered-error.js';

/** `{ error, error_description }` with `no-store` (RFC 6749 5.2, RFC 7009, RFC 7591, RFC 7662, RFC 8628). */
export function renderOAuthError(error: AuthError): RenderedError {
  return {
    status: error.status,
    headers: { ...commonErrorHeaders(error), Pragma: 'no-cache' },
    body: {
      error: error.error,
      error_description: toOAuthText(error.description),
      // ID-JAG 8.2: what the sign-in must reach is told to the client, which has no challenge here.
      ...(error.stepUp && error.details),
    },
  };
}
