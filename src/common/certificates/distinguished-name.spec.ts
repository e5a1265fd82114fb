import { readElement } from './der.js';
import { isSameName, parseDistinguishedName, readDistinguishedName } from './distinguished-name.js';

const tlv = (tag: number, ...parts: Buffer[]) => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag, content.length), content]);
};
const CN = tlv(0x06, Buffer.from('550403', 'hex'));
const O = tlv(0x06, Buffer.from('55040a', 'hex'));
const C = tlv(0x06, Buffer.from('550406', 'hex'));
const text = (value: string, tag = 0x0c) => tlv(tag, Buffer.from(value, 'utf8'));
const attribute = (type: Buffer, value: Buffer) => tlv(0x30, type, value);
/** A name of a certificate, from the root of the directory. */
const name = (...relative: Buffer[][]) =>
  readDistinguishedName(readElement(tlv(0x30, ...relative.map((parts) => tlv(0x31, ...parts)))));

const BANK = name(
  [attribute(C, text('DE', 0x13))],
  [attribute(O, text('Bank, Inc.'))],
  [attribute(CN, text('Client'))],
);
const is = (given: string, other = BANK) => {
  const parsed = parseDistinguishedName(given);
  return parsed !== null && isSameName(parsed, other);
};

describe('distinguished names (RFC 4514 2, 3)', () => {
  it.each([
    ['as the RFC writes it', 'CN=Client,O=Bank\\, Inc.,C=DE'],
    ['with spaces around separators', 'CN = Client, O = Bank\\, Inc. , C = DE'],
    ['with types in small letters', 'cn=Client,o=Bank\\, Inc.,c=DE'],
    ['with types as numbers', '2.5.4.3=Client,2.5.4.10=Bank\\, Inc.,2.5.4.6=DE'],
    ['with a character in hexadecimal', 'CN=Client,O=Bank\\2C Inc.,C=DE'],
    ['with a value in hexadecimal', 'CN=#0c06436c69656e74,O=Bank\\, Inc.,C=DE'],
    ['with a value in hexadecimal, of another type of text', 'CN=#1306436c69656e74,O=Bank\\, Inc.,C=DE'],
  ])('one is the same %s', (_how, given) => {
    expect(is(given)).toBe(true);
  });

  it.each([
    ['in the order of the certificate', 'C=DE,O=Bank\\, Inc.,CN=Client'],
    ['with a part less', 'CN=Client,O=Bank\\, Inc.'],
    ['with a part more', 'CN=Client,OU=x,O=Bank\\, Inc.,C=DE'],
    ['with another letter', 'CN=client,O=Bank\\, Inc.,C=DE'],
    ['with parts put into one', 'CN=Client+O=Bank\\, Inc.,C=DE'],
    ['with a part that looks like two', 'CN=Client\\,O=Bank\\\\\\, Inc.,C=DE'],
    ['with a space at the end that counts', 'CN=Client\\ ,O=Bank\\, Inc.,C=DE'],
    ['with a value that is the text of hexadecimal', 'CN=\\#0c06436c69656e74,O=Bank\\, Inc.,C=DE'],
  ])('one is another %s', (_how, given) => {
    expect(parseDistinguishedName(given)).not.toBeNull();
    expect(is(given)).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['a space', ' '],
    ['no type', '=x'],
    ['no value', 'CN='],
    ['a value of spaces', 'CN=   '],
    ['an unknown type', 'FOO=x'],
    ['a comma at the end', 'CN=x,'],
    ['a comma at the start', ',CN=x'],
    ['a comma in a value', 'O=Bank, Inc.'],
    ['a semicolon', 'CN=x;C=DE'],
    ['a quote', 'CN="x"'],
    ['a backslash at the end', 'CN=x\\'],
    ['half a byte', 'CN=x\\4'],
    ['bytes that are no UTF-8', 'CN=\\ff'],
    ['hexadecimal that is no DER', 'CN=#0c'],
    ['hexadecimal with more behind', 'CN=#0c0161ff'],
    ['an odd number of digits', 'CN=#0c016'],
    ['a NUL', 'CN=a\0b'],
    ['OpenSSL’s own form', '/C=DE/O=Bank/CN=Client'],
    ['a number that is no identifier', '2.05.4=x'],
  ])('no name: %s', (_what, given) => {
    expect(parseDistinguishedName(given)).toBeNull();
  });

  it('attributes of one part have no order, parts have', () => {
    const one = name([attribute(CN, text('a')), attribute(O, text('b'))]);
    expect(is('CN=a+O=b', one)).toBe(true);
    expect(is('O=b+CN=a', one)).toBe(true);
    expect(is('O=b,CN=a', one)).toBe(false);
  });

  it('a value with everything that is escaped', () => {
    const value = ' #"+,;<=>\\ é€ ';
    const given = `CN=\\ \\#\\"\\+\\,\\;\\<\\=\\>\\\\ \\C3\\A9€\\ `;
    expect(is(given, name([attribute(CN, text(value))]))).toBe(true);
  });

  it('a name with a NUL is that name, not its beginning', () => {
    const evil = name([attribute(CN, text('Client\0.evil'))]);
    expect(is('CN=Client', evil)).toBe(false);
    expect(is('CN=Client\\00.evil', evil)).toBe(true);
  });

  it.each([
    ['UTF-8 that is none', tlv(0x0c, Buffer.of(0xff))],
    ['a printable text that is no ASCII', tlv(0x13, Buffer.of(0xe9))],
    ['half a character', tlv(0x1e, Buffer.of(0))],
  ])('a certificate with %s has no name', (_what, value) => {
    expect(() => name([attribute(CN, value)])).toThrow(/DER|encoded data/);
  });

  it('two bytes for a character, Latin letters, and a type that is no text', () => {
    expect(is('CN=é', name([attribute(CN, tlv(0x1e, Buffer.of(0, 0xe9)))]))).toBe(true);
    expect(is('CN=é', name([attribute(CN, tlv(0x14, Buffer.of(0xe9)))]))).toBe(true);
    expect(is('CN=#020107', name([attribute(CN, tlv(0x02, Buffer.of(7)))]))).toBe(true);
  });
});
