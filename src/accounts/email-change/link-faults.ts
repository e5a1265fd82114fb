import { AuthError } from '../../common/errors/auth-error.js';

/** What is wrong with a link of a mail, in better-auth's codes. */
export function refusedLink(code: 'INVALID_TOKEN' | 'TOKEN_EXPIRED' | 'INVALID_USER', description: string): AuthError {
  return new AuthError({ status: 401, code, error: 'unauthorized', description });
}

export function invalidLink(): AuthError {
  return refusedLink('INVALID_TOKEN', 'Invalid token');
}
