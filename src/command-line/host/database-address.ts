import { CommandFailure } from '../command-failure.js';

/**
 * @throws CommandFailure for an address that breaks in the middle of a password: what follows would be taken for host and database, and these are
 * named in messages
 */
export function requireReadableAddress(address: unknown): void {
  if (typeof address !== 'string' || !/^postgres(ql)?:\/\//i.test(address) || isReadable(address)) return;
  throw CommandFailure.usage(
    'The address of the database cannot be read. Write /, ? and # in its user and password as %2F, %3F and %23, and % as %25.',
  );
}

function isReadable(address: string): boolean {
  // The driver takes an address without a host, for one that stands in the query.
  const text = address.replace('@/', '@localhost/');
  if (!URL.canParse(text)) return false;
  const { username, password, pathname, hash } = new URL(text);
  try {
    decodeURIComponent(username + password);
  } catch {
    return false;
  }
  return !`${pathname}${hash}`.includes('@');
}
