import type { UserDirectory } from '../../common/ports/user-directory.js';

/** A method that a directory of the host's need not have. @throws Error naming it */
export function requireMethod<Name extends keyof UserDirectory>(
  users: UserDirectory,
  name: Name,
): NonNullable<UserDirectory[Name]> {
  const method = users[name];
  if (method) return method;
  throw new Error(`accounts.users: it has no ${name}(), so this is done in your own code. Give it one to do it here.`);
}
