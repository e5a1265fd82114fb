import type { DerElement } from './der.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ascii = (bytes: Buffer): string => {
  if (bytes.some((byte) => byte > 0x7f)) throw new Error('DER: a text that is no ASCII');
  return bytes.toString('latin1');
};
/** The types of text that names use (RFC 5280 4.1.2.4), by their tags. */
const TEXTS: Readonly<Record<number, (bytes: Buffer) => string>> = {
  0x0c: (bytes) => utf8.decode(bytes),
  0x12: ascii,
  0x13: ascii,
  0x14: (bytes) => bytes.toString('latin1'),
  0x16: ascii,
  0x1e: bmp,
};

/** The text of an element. @returns null when it is of no type of text. @throws Error for a malformed one */
export function readText({ tag, content }: DerElement): string | null {
  const read = TEXTS[tag];
  return read ? read(content) : null;
}

/** The text of a name that is tagged by its number (RFC 5280 4.2.1.6), an IA5String. @throws Error for another */
export const readAscii = ascii;

/** UCS-2, the high byte first. */
function bmp(bytes: Buffer): string {
  if (bytes.length % 2 !== 0) throw new Error('DER: half a character');
  const text = Buffer.from(bytes).swap16().toString('utf16le');
  if (!text.isWellFormed()) throw new Error('DER: half a character');
  return text;
}
