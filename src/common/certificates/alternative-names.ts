import { domainToASCII } from 'node:url';
import { isIPv4, isIPv6 } from 'node:net';
import type { Certificate } from './certificate.js';
import { membersOf, numbered } from './der.js';
import { readAscii } from './der-text.js';

/** Kinds of names by which a client may be registered (RFC 8705 2.1.2). */
export type AlternativeNameKind = 'dns' | 'uri' | 'ip' | 'email';

const SUBJECT_ALTERNATIVE_NAMES = '2.5.29.17';
/** RFC 5280 4.2.1.6. */
const TAGS: Readonly<Record<AlternativeNameKind, number>> = {
  email: numbered(1, false),
  dns: numbered(2, false),
  uri: numbered(6, false),
  ip: numbered(7, false),
};
const HOST = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const MAILBOX = /^([^\s@"]{1,64})@([^\s@]+)$/;
const CONTROL_OR_SPACE = /[^\x21-\x7E]/;

/**
 * The form in which two names of a kind are equal exactly when they are one: hosts without regard to case, addresses as bytes in
 * hexadecimal.
 * @returns null when it is no such name. A pattern (`*.example.com`) is none: it would name many clients
 */
export function canonicalName(kind: AlternativeNameKind, text: string): string | null {
  if (kind === 'ip') return bytesOfAddress(text)?.toString('hex') ?? null;
  if (CONTROL_OR_SPACE.test(text)) return null;
  if (kind === 'dns') return HOST.test(text.toLowerCase()) ? text.toLowerCase() : null;
  if (kind === 'uri') return URL.canParse(text) ? text : null;
  const [, local, host = ''] = MAILBOX.exec(text) ?? [];
  return local !== undefined && HOST.test(host.toLowerCase()) ? `${local}@${host.toLowerCase()}` : null;
}

/** The names of this kind in a certificate. @throws Error when they cannot be read */
export function alternativeNames(certificate: Certificate, kind: AlternativeNameKind): string[] {
  const extension = certificate.extensions.get(SUBJECT_ALTERNATIVE_NAMES);
  if (!extension) return [];
  const named = membersOf(extension.value).filter(({ tag }) => tag === TAGS[kind]);
  if (kind === 'ip') return named.map(({ content }) => content.toString('hex'));
  return named.map(({ content }) => canonicalName(kind, readAscii(content))).filter((name) => name !== null);
}

function bytesOfAddress(text: string): Buffer | null {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  if (!isIPv6(text) || text.includes('%')) return null;
  const [left = '', right] = domainToASCII(`[${text}]`).slice(1, -1).split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const middle = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return Buffer.from([...head, ...middle, ...tail].map((group) => group.padStart(4, '0')).join(''), 'hex');
}
