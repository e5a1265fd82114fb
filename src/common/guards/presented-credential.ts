import { AuthError } from '../errors/auth-error.js';
import { header, type HeaderBag } from '../http/headers.js';
import type { Authenticator } from './authenticator.js';

export interface PresentedCredential {
  readonly authenticator: Authenticator;
  readonly credential: string;
}

const BEARER = /^bearer +/i;
/** RFC 6750 2.1: b64token, plus the percent-encoding of better-auth's signed tokens. */
const BEARER_VALUE = /^[A-Za-z0-9\-._~+/%]+=*$/;
const MAX_CREDENTIAL_LENGTH = 8_192;

/**
 * Reads the headers once and says which one credential they present. The scheme is told by header and shape, never by trial.
 * A cookie counts only when no header presents anything.
 * @throws AuthError 400 for two credentials in headers or a malformed `Authorization: Bearer` (RFC 6750 2, 3.1)
 */
export function presentedCredential(
  headers: HeaderBag,
  rawHeaders: readonly string[] | undefined,
  authenticators: Iterable<Authenticator>,
): PresentedCredential | null {
  const candidates = [...authenticators];
  const inHeaders = [
    ...fromAuthorization(headers, rawHeaders, candidates),
    ...fromOwnCarrier(headers, candidates, 'header'),
  ];
  if (inHeaders.length > 1) throw AuthError.invalidRequest('More than one credential was presented');
  return inHeaders[0] ?? fromOwnCarrier(headers, candidates, 'cookie')[0] ?? null;
}

function fromAuthorization(
  headers: HeaderBag,
  rawHeaders: readonly string[] | undefined,
  candidates: readonly Authenticator[],
): PresentedCredential[] {
  const value = header(headers, 'authorization');
  if (value === undefined) return [];
  if (rawHeaders && countHeader(rawHeaders, 'authorization') > 1) {
    throw AuthError.invalidRequest('The Authorization header was sent more than once');
  }
  if (!/^bearer\b/i.test(value)) return [];
  const credential = value.replace(BEARER, '');
  if (!BEARER.test(value) || !BEARER_VALUE.test(credential) || credential.length > MAX_CREDENTIAL_LENGTH) {
    throw AuthError.invalidRequest('The Authorization header is malformed');
  }
  const authenticator =
    candidates.find((one) => one.claims(credential)) ?? candidates.find((one) => one.scheme === 'bearer');
  if (!authenticator) throw AuthError.invalidToken('no registered scheme takes this bearer value');
  return [{ authenticator, credential }];
}

function fromOwnCarrier(
  headers: HeaderBag,
  candidates: readonly Authenticator[],
  carrier: Authenticator['carrier'],
): PresentedCredential[] {
  const found: PresentedCredential[] = [];
  for (const authenticator of candidates) {
    if (authenticator.carrier !== carrier) continue;
    const credential = authenticator.present(headers);
    if (credential !== undefined && credential !== '') found.push({ authenticator, credential });
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
