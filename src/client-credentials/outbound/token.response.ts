import type { AnswerReader } from '../../common/outbound/answer-reader.js';
import { parseForeignObject, parseTokenAnswer, type ForeignObject } from '../../common/outbound/foreign-json.js';

/** Result of a token request. */
export type TokenResult = GrantedToken | RefusedToken;

export interface GrantedToken {
  readonly ok: true;
  readonly accessToken: string;
  readonly scope: string;
  readonly lifetimeSeconds: number;
}

export interface RefusedToken {
  readonly ok: false;
  /** The provider's `error`, or a code of ours such as `timeout`, `http_503`, `malformed_answer`. Public. */
  readonly failure: string;
  readonly facts?: RefusalFacts;
  /** What the provider asked for by `Retry-After`, in seconds. */
  readonly retryAfterSeconds?: number | undefined;
}

/** What a provider says of a failure besides its code. Public. */
export interface RefusalFacts {
  /** Microsoft's `error_codes`. */
  readonly numbers?: readonly number[];
  /** Microsoft's `suberror`, such as `consent_required`. */
  readonly suberror?: string;
  /** What the user's next token must have, as JSON (OIDC Core 5.5); Microsoft's claims challenge. */
  readonly claims?: string;
}

export interface Expectation {
  /** Asked for; also what is granted when the response names none (RFC 6749 5.1). */
  readonly scope: readonly string[];
  readonly defaultLifetimeSeconds: number | null;
  /** Must not be published as an error code when a provider sends our request back. */
  readonly secrets: readonly string[];
  /** Its name in the options. */
  readonly provider: string;
  readonly answers: AnswerReader;
}

/** What RFC 8693 2.2.1 may call a token for a Bearer header; others are told in place of an access token, as `N_A`. */
const ISSUED_TYPES = ['access_token', 'jwt'].map((type) => `urn:ietf:params:oauth:token-type:${type}`);

/** Longer than any provider grants; a token that claims a longer life is fetched again after a day. */
const MAX_LIFETIME_SECONDS = 86_400;
const MAX_TOKEN_CHARACTERS = 32_768;
/** Providers send more characters than RFC 6750 2.1 allows; these are safe in a header. */
const TOKEN = /^[\x21-\x7e]+$/;
/** RFC 6749 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;
const ERROR_CODE = /^[a-z]{2,20}(?:_[a-z]{1,20}){0,4}$/;
const MAX_RETRY_AFTER_SECONDS = 3_600;
const MAX_NUMBERS = 5;
/** It goes into a header, a third longer. */
const MAX_CLAIMS_CHARACTERS = 2_048;

/** Reads a token response (RFC 6749 5.1, 5.2). Of a bad one only the error code is used. */
export function readTokenResponse(status: number, headers: Headers, text: string, expected: Expectation): TokenResult {
  const body = parseTokenAnswer(text);
  if (status < 200 || status > 299) return readRefusal(status, headers, body, expected.secrets);
  const read = body && expected.answers.tokenAnswer(expected.provider, body);
  if (!read) return malformed(expected, null);
  // Some providers refuse with status 200 instead of 400 (RFC 6749 5.2).
  const refusal = read['access_token'] === undefined ? errorCode(read['error'], expected.secrets) : null;
  if (refusal !== null) return readRefusal(status, headers, read, expected.secrets);
  return readGrant(read, expected);
}

function readGrant(read: ForeignObject, expected: Expectation): TokenResult {
  const { access_token: accessToken, token_type: tokenType, scope = expected.scope.join(' ') } = read;
  if (typeof accessToken !== 'string' || accessToken.length > MAX_TOKEN_CHARACTERS || !TOKEN.test(accessToken))
    return malformed(expected, 'access_token');
  if (tokenType !== 'Bearer') return malformed(expected, 'token_type');
  const issuedType = read['issued_token_type'];
  if (issuedType !== undefined && !ISSUED_TYPES.includes(issuedType as string))
    return malformed(expected, 'issued_token_type');
  if (typeof scope !== 'string' || (scope !== '' && !SCOPE.test(scope))) return malformed(expected, 'scope');
  const lifetimeSeconds = readLifetime(read['expires_in'], expected.defaultLifetimeSeconds);
  if (lifetimeSeconds === null) return malformed(expected, 'expires_in');
  return { ok: true, accessToken, scope, lifetimeSeconds };
}

/** @param member that is missing or wrong; null: nothing could be read */
function malformed({ answers, provider }: Expectation, member: string | null): RefusedToken {
  answers.say(
    provider,
    member === null ? 'its token answer cannot be read' : `"${member}" of its token answer is missing or not usable`,
  );
  return { ok: false, failure: 'malformed_answer' };
}

/** Whole seconds, at most a day. @returns null when absent without a default, or 0 */
function readLifetime(seconds: unknown, fallback: number | null): number | null {
  if (typeof seconds !== 'number') return fallback;
  return seconds > 0 ? Math.floor(Math.min(seconds, MAX_LIFETIME_SECONDS)) : null;
}

/** A response without a token (RFC 6749 5.2): its error code or its status, and when to try again. */
export function readRefusal(
  status: number,
  headers: Headers,
  body: ForeignObject | null,
  secrets: readonly string[],
): RefusedToken {
  return {
    ok: false,
    failure: errorCode(body?.['error'], secrets) ?? `http_${status}`,
    facts: readFacts(body ?? {}, secrets),
    retryAfterSeconds: readRetryAfter(headers),
  };
}

function readFacts(body: ForeignObject, secrets: readonly string[]): RefusalFacts {
  const numbers = body['error_codes'];
  const suberror = errorCode(body['suberror'], secrets);
  const claims = readClaims(body['claims'], secrets);
  return {
    ...(Array.isArray(numbers) && { numbers: numbers.filter(isSmallNumber).slice(0, MAX_NUMBERS) }),
    ...(suberror !== null && { suberror }),
    ...(claims !== null && { claims }),
  };
}

/** Written anew, so that nothing but JSON is passed on. */
function readClaims(value: unknown, secrets: readonly string[]): string | null {
  if (typeof value !== 'string' || value.length > MAX_CLAIMS_CHARACTERS) return null;
  const asked = parseForeignObject(value);
  const claims = asked && JSON.stringify(asked);
  return claims === null || secrets.some((secret) => claims.includes(secret)) ? null : claims;
}

function errorCode(value: unknown, secrets: readonly string[]): string | null {
  if (typeof value !== 'string' || !ERROR_CODE.test(value)) return null;
  return secrets.some((secret) => value.includes(secret)) ? null : value;
}

function isSmallNumber(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 1e9;
}

/** Seconds or a date (RFC 9110 10.2.3); at most an hour, so that a provider's mistake does not stop us for a year. */
function readRetryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  const seconds = /^\d{1,15}$/.test(text) ? Number(text) : (Date.parse(text) - dateOf(headers)) / 1000;
  return seconds > 0 ? Math.min(Math.ceil(seconds), MAX_RETRY_AFTER_SECONDS) : undefined;
}

/** The provider's time, where it sends a `Date` header. */
function dateOf(headers: Headers): number {
  const date = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(date) ? Date.now() : date;
}
