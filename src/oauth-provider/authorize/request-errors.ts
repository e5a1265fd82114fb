import { AuthError } from '../../common/errors/auth-error.js';

export function unknownRequest(): AuthError {
  return AuthError.badRequest(
    'UNKNOWN_REQUEST',
    'There is no such authorization request, or it has waited too long. Go back to the application and start again.',
  );
}

export function expiredRequest(): AuthError {
  return AuthError.badRequest(
    'REQUEST_EXPIRED',
    'This request has waited too long. Go back to the application and start again.',
  );
}

export function answeredBefore(): AuthError {
  return AuthError.badRequest(
    'REQUEST_ANSWERED',
    'This request has been answered already. Go back to the application and start again.',
  );
}

/** The same, for whoever named the request by its `request_uri` (RFC 9126 4, RFC 9101 7). */
export function ofRequestUri({ code, description }: AuthError): AuthError {
  return new AuthError({ status: 400, code, error: 'invalid_request_uri', description });
}

/** It was answered, or this session was not asked. */
export function notAsked(): AuthError {
  return AuthError.forbidden(
    'CONSENT_NOT_ASKED',
    "This request has been answered, has expired, or was another session's",
  );
}

export function refusedByUser(): AuthError {
  return AuthError.oauth('access_denied', 'The user has refused');
}

/** OpenID Connect Core Error Code unmet_authentication_requirements 1.0 (RFC 9470 5). */
export function unmetRequirements(): AuthError {
  return AuthError.oauth('unmet_authentication_requirements', 'The sign-in that is asked for cannot be had');
}

/** Whether the request is spent, or not for this user to answer: the client is not told. */
export function isSpent(error: unknown): error is AuthError {
  return error instanceof AuthError && ['REQUEST_ANSWERED', 'CONSENT_NOT_ASKED'].includes(error.code);
}
