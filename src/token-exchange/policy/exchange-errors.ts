import { AuthError } from '../../common/errors/auth-error.js';

/** RFC 8693 2.2.2. One text for all that may be wrong with the token: the reason is for the log. */
export function badSubjectToken(detail: string): AuthError {
  return AuthError.invalidRequest(
    'The subject token is malformed, unknown, has ended, or is not for this client',
    `subject token: ${detail}`,
  );
}

/** As {@link badSubjectToken}. */
export function badActorToken(detail: string): AuthError {
  return AuthError.invalidRequest(
    'The actor token is malformed, unknown, has ended, or is not of an actor that may act here',
    `actor token: ${detail}`,
  );
}

/** RFC 8693 2.2.2: unacceptable by policy. */
export function notAllowed(detail: string): AuthError {
  return AuthError.invalidRequest('This exchange is not allowed', `token exchange: ${detail}`);
}

/** RFC 8693 2.2.2. */
export function refusedTarget(detail: string): AuthError {
  return AuthError.oauth(
    'invalid_target',
    'A resource or audience is malformed, unknown or not for this client, or none was named',
    `token exchange: ${detail}`,
  );
}

export function refusedScope(detail: string): AuthError {
  return AuthError.oauth(
    'invalid_scope',
    'The scope is malformed, or more than the subject token has, the target takes or this client may hand on',
    `token exchange: ${detail}`,
  );
}
