import { AuthError } from '../errors/auth-error.js';
import { header, type HeaderBag } from '../http/request/headers.js';
import type { Authenticator } from './authenticator.js';

export interface PresentedCredential {
  readonly authenticator: Authenticator;
  readonly credential: string;
}

/** RFC 9110 11.4: the name of a scheme, and its credentials. */
const CREDENTIALS = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?: +(.*)|\b.*)?$/;
/** RFC 6750 2.1: b64token, plus the percent-encoding of better-auth's signed tokens. */
const VALUE = /^[A-Za-z0-9\-._~+/%]+=*$/;
const MAX_CREDENTIAL_LENGTH = 8_192;

/**
 * Reads the headers once and says which one credential they present. Header and shape decide the scheme; schemes are not tried in turn. A
 * cookie counts only when no header presents a credential.
 * @throws AuthError 400 for two credentials in headers or a malformed `Authorization` of a scheme of ours (RFC 6750 2, 3.1)
 */
export function presentedCredential(
  headers: HeaderBag,
  rawHeaders: readonly string[] | undefined,
  authenticators: readonly Authenticator[],
): PresentedCredential | null {
  const named = fromAuthorization(headers, rawHeaders, authenticators);
  const own = fromOwnCarrier(headers, authenticators, 'header', named !== null);
  return named ?? own ?? fromOwnCarrier(headers, authenticators, 'cookie', false);
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
  const [name, credential] = partsOf(value);
  const scheme = name.toLowerCase();
  // Every scheme that a challenge names is taken: each under its own name, and under Bearer all that are known by their shape.
  const own = scheme === 'bearer' ? undefined : ofScheme(scheme, authenticators);
  if (scheme !== 'bearer' && !own) return null;
  if (credential === undefined || credential.length > MAX_CREDENTIAL_LENGTH || !VALUE.test(credential)) {
    throw AuthError.invalidRequest('The Authorization header is malformed');
  }
  const authenticator = own ?? ofBearerValue(credential, authenticators);
  if (!authenticator) throw AuthError.invalidToken('no registered scheme takes this bearer value');
  return { authenticator, credential };
}

/** A bearer token as nearly every client writes it needs no pattern: a JWT is long. */
function partsOf(value: string): readonly [name: string, credential: string | undefined] {
  if (value.startsWith('Bearer ') && value[7] !== ' ') return ['Bearer', value.slice(7)];
  const [, name = '', credential] = CREDENTIALS.exec(value) ?? [];
  return [name, credential];
}

/** The bearer scheme itself takes what no other scheme claims. */
function ofBearerValue(value: string, authenticators: readonly Authenticator[]): Authenticator | undefined {
  let bearer: Authenticator | undefined;
  for (const one of authenticators) {
    if (one.claims?.(value)) return one;
    if (one.scheme === 'bearer') bearer = one;
  }
  return bearer;
}

function ofScheme(name: string, authenticators: readonly Authenticator[]): Authenticator | undefined {
  const isNamed = ({ challenge, alsoNamed = [] }: Authenticator) =>
    challenge.toLowerCase() === name || alsoNamed.some((one) => one.toLowerCase() === name);
  return authenticators.find((one) => one.carrier === 'header' && isNamed(one));
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

/** Node keeps the first of two Authorization headers and silently drops the second. */
function countHeader(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.length === name.length && rawHeaders[index]!.toLowerCase() === name) count++;
  }
  return count;
}
