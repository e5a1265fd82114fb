import { AuthError } from '../common/errors/auth-error.js';

/** The same for one that expired, was spent, belongs to another browser, to another user or to the other ceremony. */
export function challengeNotFound(): AuthError {
  return AuthError.badRequest('CHALLENGE_NOT_FOUND', 'Challenge not found');
}

export function registrationFailed(detail: string): AuthError {
  return AuthError.badRequest('FAILED_TO_VERIFY_REGISTRATION', 'Failed to verify registration', detail);
}

export function previouslyRegistered(): AuthError {
  return AuthError.badRequest('PREVIOUSLY_REGISTERED', 'Previously registered');
}

export function limitReached(max: number): AuthError {
  return AuthError.badRequest('PASSKEY_LIMIT_REACHED', `There can be ${max} passkeys at most`);
}

export function authenticationFailed(detail: string): AuthError {
  return AuthError.badRequest('AUTHENTICATION_FAILED', 'Authentication failed', detail);
}

/** At a sign-in: nobody has this credential, or whoever had it has ended. */
export function unknownCredential(detail: string): AuthError {
  return new AuthError({
    status: 401,
    code: 'PASSKEY_NOT_FOUND',
    error: 'access_denied',
    description: 'Passkey not found',
    detail,
  });
}

/** In the account: there is none with this id, or it is another user's. */
export function passkeyNotFound(): AuthError {
  return new AuthError({ status: 404, code: 'PASSKEY_NOT_FOUND', description: 'Passkey not found' });
}

export function lastMethod(): AuthError {
  return AuthError.badRequest('LAST_SIGN_IN_METHOD', 'This is the only way to sign in');
}
