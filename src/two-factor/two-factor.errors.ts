import { AuthError } from '../common/errors/auth-error.js';

/** Wrong, used, or of another step: the answer does not say which. */
export function invalidCode(detail: string): AuthError {
  return new AuthError({
    status: 401,
    code: 'INVALID_CODE',
    error: 'unauthorized',
    description: 'Invalid code',
    detail,
  });
}

export function invalidBackupCode(detail: string): AuthError {
  return new AuthError({
    status: 401,
    code: 'INVALID_BACKUP_CODE',
    error: 'unauthorized',
    description: 'Invalid backup code',
    detail,
  });
}

/** There is no sign-in that waits: unknown, done, or expired. */
export function noChallenge(): AuthError {
  return new AuthError({
    status: 401,
    code: 'INVALID_TWO_FACTOR_COOKIE',
    error: 'unauthorized',
    description: 'Invalid two factor cookie',
  });
}

export function tooManyAttempts(): AuthError {
  return AuthError.badRequest(
    'TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE',
    'Too many attempts. Please request a new code by signing in again.',
  );
}

export function accountLocked(retryAfterSeconds: number): AuthError {
  return AuthError.tooManyRequests(
    retryAfterSeconds,
    'ACCOUNT_TEMPORARILY_LOCKED',
    'Too many wrong codes. A backup code or a trusted device still signs in.',
  );
}

export const totpNotEnabled = () => AuthError.badRequest('TOTP_NOT_ENABLED', 'TOTP not enabled');
export const otpNotConfigured = () => AuthError.badRequest('OTP_NOT_CONFIGURED', 'OTP is not configured');
export const twoFactorNotEnabled = () => AuthError.badRequest('TWO_FACTOR_NOT_ENABLED', 'Two factor is not enabled');
export const backupCodesNotEnabled = () =>
  AuthError.badRequest('BACKUP_CODES_NOT_ENABLED', 'Backup codes are not enabled');
export const codeExpired = () => AuthError.badRequest('OTP_HAS_EXPIRED', 'OTP has expired');
export const factorRequired = () =>
  AuthError.forbidden('TWO_FACTOR_REQUIRED', 'This account must have a second factor');
