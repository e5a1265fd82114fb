import { AuthError } from '../../errors/auth-error.js';

/**
 * What a GraphQL library gets of an error that has been logged: it shows `message` and `extensions`, and in development the stack, which
 * a fault of ours has with the names and the statements of the database in it.
 */
export function refuseOperation(error: AuthError): AuthError {
  if (error.status < 500) return error;
  const { status, code, description, retryAfterSeconds } = error;
  const shown = new AuthError({
    status,
    code,
    error: error.error,
    description,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
  shown.stack = `${shown.name}: ${description}`;
  return shown;
}
