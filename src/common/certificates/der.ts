/** One element of DER (X.690 10): its tag, what it holds, and all of it. */
export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

/** Tags of the types that certificates are made of (RFC 5280 appendix A). */
export const DER = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The tag of a member that a structure tells by its number, e.g. `[3]`. */
export const numbered = (number: number, isConstructed = true) => 0x80 | (isConstructed ? 0x20 : 0) | number;

/** No element of a certificate is longer: a header holds far less. */
const MAX_LENGTH_BYTES = 3;

/**
 * The element at the start. DER has one encoding for each value, so an element that could have been written shorter is refused: two
 * readers might see two things in it.
 * @throws Error when it is no DER
 */
export function readElement(bytes: Buffer): DerElement {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) throw new Error('DER: it ends early');
  if ((tag & 0x1f) === 0x1f) throw new Error('DER: a tag of several bytes');
  const [length, start] = first < 0x80 ? [first, 2] : longLength(bytes, first & 0x7f);
  const end = start + length;
  if (end > bytes.length) throw new Error('DER: an element is longer than what holds it');
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(0, end) };
}

/** All elements that the bytes consist of. @throws Error when they are no DER */
export function readElements(bytes: Buffer): DerElement[] {
  const found: DerElement[] = [];
  for (let rest = bytes; rest.length > 0; rest = rest.subarray(found.at(-1)!.whole.length))
    found.push(readElement(rest));
  return found;
}

/** What an element of this type holds. @throws Error when it is of another, or there is none */
export function contentOf(element: DerElement | undefined, tag: number): Buffer {
  if (element?.tag === tag) return element.content;
  throw new Error(`DER: tag ${element?.tag ?? 'none'} in place of ${tag}`);
}

/** The elements of a structure. @throws Error when it is of another type, or no DER */
export function membersOf(element: DerElement | undefined, tag: number = DER.sequence): DerElement[] {
  return readElements(contentOf(element, tag));
}

/** An object identifier with dots. @throws Error when it is none */
export function readOid(element: DerElement | undefined): string {
  const bytes = contentOf(element, DER.oid);
  if (bytes.length === 0 || bytes.at(-1)! >= 0x80) throw new Error('DER: an identifier ends early');
  const arcs: bigint[] = [];
  let arc = 0n;
  let isStart = true;
  for (const byte of bytes) {
    if (isStart && byte === 0x80) throw new Error('DER: an identifier begins with a zero');
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    isStart = byte < 0x80;
    if (!isStart) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [head = 0n, ...others] = arcs;
  const root = head < 80n ? head / 40n : 2n;
  return [root, head - root * 40n, ...others].join('.');
}

function longLength(bytes: Buffer, count: number): [length: number, start: number] {
  if (count === 0 || count > MAX_LENGTH_BYTES || bytes.length < 2 + count)
    throw new Error('DER: a length that is none');
  const length = bytes.readUIntBE(2, count);
  if (length < 0x80 || length < 2 ** (8 * (count - 1))) throw new Error('DER: a length that could be shorter');
  return [length, 2 + count];
}
