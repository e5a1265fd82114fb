import { AuthError } from '../errors/auth-error.js';
import { header, type HeaderBag } from '../http/headers.js';
import type { Authenticator } from './authenticator.js';

export interface PresentedCredential {
  readonly authenticator: Authenticator;
  readonly credential: string;
}

const BEARER_SCHEME = /^bearer\b/i;
/** RFC 6750 2.1: b64token, plus the percent-encoding of better-auth's signed tokens. */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/%]+=*)$/i;
const MAX_CREDENTIAL_LENGTH = 8_192;

/**
 * Reads the headers once and says which one credential they present. The scheme is told by header and shape, never by trial.
 * A cookie counts only when no header presents anything.
 * @throws AuthError 400 for two credentials in headers or a malformed `Authorization: Bearer` (RFC 6750 2, 3.1)
 */
export function presentedCredential(
  headers: HeaderBag,
  rawHeaders: readonly string[] | undefined,
  authenticators: readonly Authenticator[],
): PresentedCredential | null {
  const bearer = fromAuthorization(headers, rawHeaders, authenticators);
  const own = fromOwnCarrier(headers, authenticators, 'header', bearer !== null);
  return bearer ?? own ?? fromOwnCarrier(headers, authenticators, 'cookie', false);
}

function fromAuthorization(
  headers: HeaderBag,
  rawHeaders: readonly string[] | undefined,
  authenticators: readonly Authenticator[],
): PresentedCredential | null {
  const value = header(headers, 'authorization');
  if (value === undefined) return null;
  if (rawHeaders && countHeader(rawHeaders, 'authorization') > 1) {
    throw AuthError.invalidRequest('The Authorization header was sent more than once');
  }
  if (!BEARER_SCHEME.test(value)) return null;
  const credential = BEARER.exec(value)?.[1];
  if (credential === undefined || credential.length > MAX_CREDENTIAL_LENGTH) {
    throw AuthError.invalidRequest('The Authorization header is malformed');
  }
  const authenticator =
    authenticators.find((one) => one.claims(credential)) ?? authenticators.find((one) => one.scheme === 'bearer');
  if (!authenticator) throw AuthError.invalidToken('no registered scheme takes this bearer value');
  return { authenticator, credential };
}

function fromOwnCarrier(
  headers: HeaderBag,
  authenticators: readonly Authenticator[],
  carrier: Authenticator['carrier'],
  another: boolean,
): PresentedCredential | null {
  let found: PresentedCredential | null = null;
  for (const authenticator of authenticators) {
    if (authenticator.carrier !== carrier) continue;
    const credential = authenticator.present(headers);
    if (credential === undefined || credential === '') continue;
    if (carrier === 'header' && (another || found)) {
      throw AuthError.invalidRequest('More than one credential was presented');
    }
    found ??= { authenticator, credential };
  }
  return found;
}

/** Node keeps the first of two Authorization headers and drops the second without a word. */
function countHeader(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.length === name.length && rawHeaders[index]!.toLowerCase() === name) count++;
  }
  return count;
}
