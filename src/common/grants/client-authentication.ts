import { AuthError } from '../errors/auth-error.js';
import type { PresentedClient } from '../ports/authorization-server.js';
import { header, type HeaderBag } from '../http/request/headers.js';

/** RFC 7523 2.2. */
export const CLIENT_ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const BASIC = /^basic +([A-Za-z0-9+/_=-]*)$/i;
/** RFC 6749 appendix A.1 and A.2: VSCHAR. */
const VSCHARS = /^[\x20-\x7E]+$/;

/**
 * Reads how a client presents itself (RFC 6749 2.3, RFC 7521 4.2). Exactly one way is allowed: two are an error, even if one is right.
 * @param form the fields of the body
 * @throws AuthError 400 `invalid_request` for two ways at once; 401 `invalid_client` for none, or for an unreadable header
 */
export function presentedClient(
  headers: HeaderBag,
  form: Readonly<Record<string, string | undefined>>,
): PresentedClient {
  const readings = basicReadings(headers);
  const ways = [readings, form['client_secret'], form['client_assertion']].filter((way) => way !== undefined);
  if (ways.length > 1) throw AuthError.invalidRequest('Use one way of client authentication');
  const clientId = form['client_id'];
  if (readings) return inHeader(readings.filter((one) => clientId === undefined || clientId === one.clientId));
  const assertion = form['client_assertion'];
  if (assertion !== undefined) {
    if (form['client_assertion_type'] !== CLIENT_ASSERTION_TYPE)
      throw AuthError.invalidRequest('client_assertion_type is missing or not offered');
    return { method: 'client_assertion', clientId: clientId ?? null, assertion };
  }
  if (form['client_assertion_type'] !== undefined) throw AuthError.invalidRequest('client_assertion is missing');
  if (clientId === undefined) throw AuthError.invalidClient('no client was presented');
  const secret = form['client_secret'];
  return secret === undefined ? { method: 'none', clientId } : { method: 'client_secret_post', clientId, secret };
}

interface Reading {
  readonly clientId: string;
  /** Empty: the client has no secret (RFC 6749 2.3.1). */
  readonly secret: string;
}

/** @param readings those that agree with `client_id` */
function inHeader([first, second]: readonly Reading[]): PresentedClient {
  if (!first) throw AuthError.invalidRequest('client_id is not the client of the Authorization header');
  const more = { inHeader: true, ...(second && { asWritten: second }) } as const;
  const { clientId, secret } = first;
  return secret === ''
    ? { method: 'none', clientId, ...more }
    : { method: 'client_secret_basic', clientId, secret, ...more };
}

/**
 * RFC 6749 2.3.1: id and secret are form-encoded and then joined by a colon. Many clients do not encode them; then a `+` or `%` has
 * another meaning, so both readings are returned.
 * @returns one or two; undefined without an Authorization header
 */
function basicReadings(headers: HeaderBag): readonly Reading[] | undefined {
  const value = header(headers, 'authorization');
  if (value === undefined) return undefined;
  const encoded = BASIC.exec(value)?.[1];
  if (encoded === undefined) {
    if (/^basic\b/i.test(value)) throw AuthError.invalidClient('the Basic header is malformed', true);
    throw AuthError.invalidClient('the Authorization scheme does not authenticate clients', true);
  }
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw AuthError.invalidClient('the Basic header has no colon', true);
  const [id, secret] = [text.slice(0, colon), text.slice(colon + 1)];
  const decoded = reading(formDecoded(id), formDecoded(secret));
  const asWritten = reading(id, secret);
  const isOne = decoded?.clientId === asWritten?.clientId && decoded?.secret === asWritten?.secret;
  const readings = [decoded, isOne ? null : asWritten].filter((one) => one !== null);
  if (readings.length === 0) throw AuthError.invalidClient('the Basic header cannot be decoded', true);
  return readings;
}

function reading(clientId: string | null, secret: string | null): Reading | null {
  if (clientId === null || secret === null) return null;
  return VSCHARS.test(clientId) && (secret === '' || VSCHARS.test(secret)) ? { clientId, secret } : null;
}

function formDecoded(text: string): string | null {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
