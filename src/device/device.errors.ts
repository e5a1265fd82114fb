import { AuthError } from '../common/errors/auth-error.js';

/** RFC 8628 3.5. @param intervalSeconds the device must keep from now on */
export function slowDown(intervalSeconds: number): AuthError {
  return AuthError.oauth('slow_down', `Wait ${intervalSeconds} seconds between two polls`);
}

export function authorizationPending(): AuthError {
  return AuthError.oauth('authorization_pending', 'The user has not decided yet');
}

export function accessDenied(): AuthError {
  return AuthError.oauth('access_denied', 'The user has denied the request');
}

/** For the device code (RFC 8628 3.5), and for the code that the user typed. */
export function expired(): AuthError {
  return new AuthError({
    status: 400,
    code: 'USER_CODE_EXPIRED',
    error: 'expired_token',
    description: 'The code has expired; start again on the device',
  });
}

/** The same error for every unknown code, whatever was typed (T105). */
export function unknownUserCode(): AuthError {
  return new AuthError({ status: 404, code: 'USER_CODE_UNKNOWN', description: 'There is no device with this code' });
}

export function notClaimed(): AuthError {
  return AuthError.badRequest('USER_CODE_NOT_OPENED', 'Open the code first, to see what asks: GET /device?user_code=');
}

export function alreadyDecided(): AuthError {
  return AuthError.badRequest('USER_CODE_DECIDED', 'This request has been decided');
}

export function claimedByAnother(): AuthError {
  return new AuthError({
    status: 403,
    code: 'USER_CODE_OF_ANOTHER',
    error: 'access_denied',
    description: 'Another user has opened this code',
  });
}
