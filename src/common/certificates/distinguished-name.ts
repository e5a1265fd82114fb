import { DER, membersOf, readElement, readOid, type DerElement } from './der.js';
import { readText } from './der-text.js';

/** Each relative name (RDN) in a form in which equal ones are equal texts; the first is that of the root of the directory. */
export type DistinguishedName = readonly string[];

/** RFC 4514 3, and what certificates of banks and companies have besides (ETSI EN 319 412, CA/Browser Forum). */
const TYPES: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  SERIALNUMBER: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  STREET: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  TITLE: '2.5.4.12',
  BUSINESSCATEGORY: '2.5.4.15',
  POSTALCODE: '2.5.4.17',
  GN: '2.5.4.42',
  GIVENNAME: '2.5.4.42',
  DNQUALIFIER: '2.5.4.46',
  ORGANIZATIONIDENTIFIER: '2.5.4.97',
  UID: '0.9.2342.19200300.100.1.1',
  DC: '0.9.2342.19200300.100.1.25',
  EMAILADDRESS: '1.2.840.113549.1.9.1',
  JURISDICTIONL: '1.3.6.1.4.1.311.60.2.1.1',
  JURISDICTIONST: '1.3.6.1.4.1.311.60.2.1.2',
  JURISDICTIONC: '1.3.6.1.4.1.311.60.2.1.3',
};
const TYPE = /^ *([A-Za-z][A-Za-z0-9-]*|(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))+) *= */;
const HEXADECIMAL = /^#((?:[0-9A-Fa-f]{2})+) */;
/** A character that stands for itself, or one that is escaped: by a backslash, or as bytes of UTF-8 in hexadecimal. */
const CHARACTER = /^(?:[^\\",+;<>\0]|\\[ "#+,;<=>\\])|^(?:\\[0-9A-Fa-f]{2})+/u;

/**
 * Reads a distinguished name in the form of RFC 4514: `CN=Client,O=Bank\, Inc.,C=DE`, the most specific part first. Spaces around
 * separators do not count.
 * @returns null when it is none
 */
export function parseDistinguishedName(text: string): DistinguishedName | null {
  const names: string[] = [];
  let parts: string[] = [];
  let rest = text;
  for (;;) {
    const part = readPart(rest);
    if (!part) return null;
    parts.push(part.name);
    if (part.rest === '' || part.rest.startsWith(',')) {
      names.unshift(joined(parts));
      parts = [];
    }
    if (part.rest === '') return names;
    if (!/^[,+]/.test(part.rest)) return null;
    rest = part.rest.slice(1);
  }
}

/** The name in a certificate (RFC 5280 4.1.2.4). @throws Error when it is none */
export function readDistinguishedName(name: DerElement | undefined): DistinguishedName {
  return membersOf(name).map((relative) => joined(membersOf(relative, DER.set).map(readAttribute)));
}

/** Whether two names are one: each part in its place, letter by letter. */
export function isSameName(one: DistinguishedName, other: DistinguishedName): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

function readAttribute(attribute: DerElement): string {
  const [type, value, ...others] = membersOf(attribute);
  if (!value || others.length > 0) throw new Error('DER: an attribute without a value, or with several');
  return attributeOf(readOid(type), value);
}

/** Types of text do not matter: one authority writes PrintableString where another writes UTF8String. */
function attributeOf(type: string, value: DerElement): string {
  const text = readText(value);
  return JSON.stringify(text === null ? [type, value.whole.toString('hex')] : [type, 'text', text]);
}

function readPart(text: string): { readonly name: string; readonly rest: string } | null {
  const [head, given = ''] = TYPE.exec(text) ?? [];
  if (head === undefined) return null;
  const type = /^\d/.test(given) ? given : TYPES[given.toUpperCase()];
  if (type === undefined) return null;
  const value = text.slice(head.length);
  const [encoded, bytes] = HEXADECIMAL.exec(value) ?? [];
  if (encoded === undefined) return readValue(type, value);
  const name = encodedAttribute(type, Buffer.from(bytes!, 'hex'));
  return name === null ? null : { name, rest: value.slice(encoded.length) };
}

function encodedAttribute(type: string, bytes: Buffer): string | null {
  try {
    const element = readElement(bytes);
    return element.whole.length === bytes.length ? attributeOf(type, element) : null;
  } catch {
    return null;
  }
}

function readValue(type: string, text: string): { readonly name: string; readonly rest: string } | null {
  let value = '';
  /** Up to here nothing is a space that only stands before a separator. */
  let kept = 0;
  let rest = text;
  for (;;) {
    const [character] = CHARACTER.exec(rest) ?? [];
    if (character === undefined) break;
    const meant = unescaped(character);
    if (meant === null || (value === '' && character === '#')) return null;
    value += meant;
    if (character !== ' ') kept = value.length;
    rest = rest.slice(character.length);
  }
  return kept === 0 ? null : { name: JSON.stringify([type, 'text', value.slice(0, kept)]), rest };
}

function unescaped(character: string): string | null {
  if (!character.startsWith('\\')) return character;
  if (!/^\\[0-9A-Fa-f]{2}/.test(character)) return character.slice(1);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(character.replaceAll('\\', ''), 'hex'),
    );
  } catch {
    return null;
  }
}

/** Several attributes of one relative name have no order. */
function joined(parts: readonly string[]): string {
  return parts.toSorted().join('+');
}
