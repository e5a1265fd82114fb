import type { CustomFetch } from 'openid-client';
import type { AnswerReader } from '../../common/outbound/answer-reader.js';
import {
  normaliseClaims,
  normaliseKeySet,
  normaliseMetadata,
  parseForeignObject,
  parseTokenAnswer,
  withoutNulls,
  type ForeignObject,
} from '../../common/outbound/foreign-json.js';
import type { GuardedFetch } from '../../common/outbound/guarded-fetch.js';
import { ProviderFault } from './provider-fault.js';

export interface ConfigurationOptions {
  readonly providerId: string;
  readonly outbound: GuardedFetch;
  readonly timeoutSeconds: number;
  readonly answers: AnswerReader;
}

type Request = Parameters<CustomFetch>[1];

const MAX_ANSWER_BYTES = 262_144;

/**
 * Every call to a provider goes through the guarded fetch: bounded in time and size, no redirects, no private network. openid-client and
 * jose read replies strictly, so deviations are corrected before they see them (RFC 6749 5.1, OpenID Connect Discovery 4.2).
 */
export function providerFetch(options: ConfigurationOptions): CustomFetch {
  return async (url, init) => {
    const response = await options.outbound.fetch(url, {
      method: init.method,
      headers: init.headers,
      body: init.body as string | URLSearchParams | null | undefined,
      timeoutMilliseconds: options.timeoutSeconds * 1000,
      maxBytes: MAX_ANSWER_BYTES,
    });
    // Signed or encrypted content must stay as it is.
    if (/^application\/(?:[\w-]+\+)?jwt\b/i.test(response.headers.get('content-type') ?? '')) return response;
    const text = await response.text();
    return isTokenRequest(init)
      ? tokenAnswer(response, text, options)
      : rewritten(response, text, parseForeignObject(text), (found) => readByAddress(url, found, options));
  };
}

function isTokenRequest({ method, body }: Request): boolean {
  return method === 'POST' && body instanceof URLSearchParams && body.has('grant_type');
}

function tokenAnswer(response: Response, text: string, { providerId, answers }: ConfigurationOptions): Response {
  const found = parseTokenAnswer(text);
  if (!found) answers.say(providerId, `its token answer with status ${response.status} is not a JSON object`);
  if (!response.ok || !found) return rewritten(response, text, found, withoutNulls);
  const read = answers.tokenAnswer(providerId, found);
  if (!read) throw new ProviderFault('invalid', 'the token answer cannot be read');
  const isRefusal = typeof read['error'] === 'string' && read['error'] !== '' && read['access_token'] === undefined;
  if (!isRefusal && read['access_token'] === undefined)
    answers.say(providerId, '"access_token" is missing from its token answer');
  // GitHub and others refuse with status 200 instead of 400 (RFC 6749 5.2); some grant with 201.
  return asJson(response, read, isRefusal ? 400 : 200);
}

function readByAddress(url: string, found: ForeignObject, { providerId, answers }: ConfigurationOptions) {
  if (/\/\.well-known\//.test(new URL(url).pathname))
    return normaliseMetadata(found, answers.unreadable(providerId, 'metadata'));
  return Array.isArray(found['keys']) ? normaliseKeySet(found) : normaliseClaims(found);
}

function rewritten(
  response: Response,
  text: string,
  found: ForeignObject | null,
  read: (found: ForeignObject) => ForeignObject,
): Response {
  if (found) return asJson(response, read(found), response.status);
  const { status, headers } = response;
  return new Response(response.body === null ? null : text, { status, headers });
}

/** Sets the media type, whatever it was: the body was read as JSON. */
function asJson({ headers: before }: Response, body: ForeignObject, status: number): Response {
  const headers = new Headers(before);
  headers.set('content-type', 'application/json');
  headers.delete('content-length');
  return new Response(JSON.stringify(body), { status, headers });
}
