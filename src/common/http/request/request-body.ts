import { AuthError } from '../../errors/auth-error.js';

/** Largest body on our routes, in bytes (T005). */
export const MAX_BODY_BYTES = 65_536;
const MAX_DEPTH = 20;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const JSON_TYPE = /^application\/json$/;
const FORM_TYPE = /^application\/x-www-form-urlencoded$/;

export type BodyKind = 'json' | 'form' | 'none' | 'other';

/** Which of our parsers a content type selects. A body without a type is read as JSON. */
export function bodyKind(contentType: string | undefined): BodyKind {
  if (contentType === undefined || contentType.trim() === '') return 'none';
  const [type] = contentType.split(';', 1);
  const essence = type!.trim().toLowerCase();
  if (JSON_TYPE.test(essence)) return 'json';
  return FORM_TYPE.test(essence) ? 'form' : 'other';
}

/** @throws AuthError 415 for a charset other than UTF-8 or a compressed body */
export function checkEncoding(contentType: string | undefined, contentEncoding: string | undefined): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? '')?.[1];
  if (charset && !/^utf-?8$/i.test(charset)) throw unsupported('Only the charset UTF-8 is supported');
  if (contentEncoding && contentEncoding.trim().toLowerCase() !== 'identity')
    throw unsupported('A compressed body is not supported');
}

export function unsupported(description: string): AuthError {
  return new AuthError({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', error: 'invalid_request', description });
}

export function tooLarge(): AuthError {
  return new AuthError({
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
    error: 'invalid_request',
    description: `The body is larger than ${MAX_BODY_BYTES} bytes`,
  });
}

/**
 * Parses the bytes of a body strictly: UTF-8 without repair, no NUL, no lone surrogate, no U+FFFD, bounded depth, no prototype keys
 * (T003, T004, T008, T011). A form gives strings, and an array where a name is repeated; schemas refuse the array.
 * @throws AuthError 400
 */
export function parseBody(kind: BodyKind, bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  const text = decodeUtf8(bytes);
  return kind === 'form' ? parseForm(text) : parseJson(text);
}

/** Strict decoding of a query string or form. @throws AuthError 400 */
export function parseForm(text: string): Record<string, string | string[]> {
  const form: Record<string, string | string[]> = {};
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const separator = pair.indexOf('=');
    const name = decodeComponent(separator < 0 ? pair : pair.slice(0, separator));
    const value = separator < 0 ? '' : decodeComponent(pair.slice(separator + 1));
    checkKey(name);
    const before = Object.hasOwn(form, name) ? form[name] : undefined;
    // In place: a body has room for 32,000 repeats, and copying the list for each of them would take seconds (T011).
    if (Array.isArray(before)) before.push(value);
    else form[name] = before === undefined ? value : [before, value];
  }
  return form;
}

function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw AuthError.badRequest('BAD_REQUEST', 'Invalid JSON in request body', String(error));
  }
  return checkJson(value);
}

/** Checks what a body may hold. @throws AuthError 400 */
export function checkJson(value: unknown): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw AuthError.badRequest('BODY_MUST_BE_AN_OBJECT', 'Body must be an object');
  }
  checkValue(value, 0);
  return value as Record<string, unknown>;
}

function checkValue(value: unknown, depth: number): void {
  if (typeof value === 'string') return checkText(value);
  if (value === null || typeof value !== 'object') return;
  if (depth >= MAX_DEPTH)
    throw AuthError.badRequest('BAD_REQUEST', `The body is nested deeper than ${MAX_DEPTH} levels`);
  for (const [key, member] of Object.entries(value)) {
    checkKey(key);
    checkValue(member, depth + 1);
  }
}

function checkKey(key: string): void {
  checkText(key);
  const segments = key.split(/[[\].]/);
  if (segments.some((segment) => FORBIDDEN_KEYS.has(segment))) {
    throw AuthError.badRequest('BAD_REQUEST', 'The request has a name that is not allowed');
  }
}

/** U+FFFD marks bytes that some decoder could not read: two different secrets may have become the same text (T004). */
function checkText(text: string): void {
  if (text.includes('\0') || text.includes('\uFFFD') || !text.isWellFormed()) {
    throw AuthError.badRequest('BAD_REQUEST', 'The request holds characters that are not allowed');
  }
}

/** Keeps nothing between two calls of `decode` that are not a stream. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

function decodeUtf8(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch (error) {
    throw AuthError.badRequest('BAD_REQUEST', 'The body is not valid UTF-8', String(error));
  }
}

function decodeComponent(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    throw AuthError.badRequest('BAD_REQUEST', 'The request has an invalid percent-encoding', String(error));
  }
  checkText(decoded);
  return decoded;
}
