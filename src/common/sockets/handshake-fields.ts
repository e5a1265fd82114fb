import { AuthError } from '../errors/auth-error.js';
import type { Authenticator } from '../guards/authenticator.js';

/** Header fields that a handshake carries in another place. */
export type HandshakeFields = Readonly<Record<string, string>>;

/**
 * The credential in `auth` of a handshake of socket.io, where browsers, which cannot set headers, put it: `token`, `authorization` as in the
 * header, or the name of a scheme's own header, such as `x-api-key`. Other members are the host's.
 * @throws AuthError 400 for two of them, or one that is no text
 */
export function fieldsOfAuth(auth: unknown, authenticators: readonly Authenticator[]): HandshakeFields {
  if (typeof auth !== 'object' || auth === null) return {};
  const own = authenticators.flatMap(({ headerName }) => headerName?.toLowerCase() ?? []);
  const given = Object.entries(auth).filter(([name]) =>
    ['token', 'authorization', ...own].includes(name.toLowerCase()),
  );
  const [first, another] = given.filter(([, value]) => value !== undefined && value !== null);
  if (!first) return {};
  if (another) throw AuthError.invalidRequest('More than one credential was presented');
  const [name, value] = first as [string, unknown];
  if (typeof value !== 'string') throw AuthError.invalidRequest(`auth.${name} of the handshake is not a string`);
  return name.toLowerCase() === 'token' ? { authorization: `Bearer ${value}` } : { [name.toLowerCase()]: value };
}
