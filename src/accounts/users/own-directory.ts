import { AuthError } from '../../common/errors/auth-error.js';
import type { UserDirectory } from '../../common/ports/user-directory.js';

/** A method that a directory of the host's need not have. @throws AuthError 400 `MANAGED_ELSEWHERE`, which names it */
export function requireMethod<Name extends keyof UserDirectory>(
  users: UserDirectory,
  name: Name,
): NonNullable<UserDirectory[Name]> {
  const method = users[name];
  if (method) return method;
  throw AuthError.badRequest('MANAGED_ELSEWHERE', `The user directory of this server has no ${name}()`);
}
