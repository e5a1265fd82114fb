import { Certificate } from './certificate.js';

/** How a proxy writes the certificate of its client into a header. */
export const CERTIFICATE_FORMATS = ['rfc9440', 'urlencoded-pem', 'xfcc'] as const;
export type CertificateFormat = (typeof CERTIFICATE_FORMATS)[number];

/** A certificate and what the client sent with it. */
export interface ReadCertificates {
  readonly certificate: Certificate;
  readonly chain: readonly Certificate[];
}

/** More than any authority has between its root and its clients. */
const MAX_CHAIN = 8;
/** A structured field (RFC 8941 3.3.5). */
const BYTE_SEQUENCE = /^:([A-Za-z0-9+/]+={0,2}):$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*/y;
/** One pair of an element of Envoy's header; the value may stand in quotes. */
const PAIR = /([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;]*))(;|$)/y;

/**
 * Reads the certificate that a proxy has written into its header.
 * @param value of the header
 * @param chain of the header beside it (`Client-Cert-Chain`)
 * @throws Error when it is malformed
 */
export function readCertificates(
  format: CertificateFormat,
  value: string,
  chain: string | undefined,
): ReadCertificates {
  const [first, ...others] = READERS[format](value, chain);
  if (!first) throw new Error('there is no certificate in it');
  if (others.length > MAX_CHAIN) throw new Error('its chain is too long');
  if (others.some((one) => one.equals(first))) throw new Error('the chain holds the certificate itself');
  return { certificate: Certificate.of(first), chain: others.map((one) => Certificate.of(one)) };
}

/** The certificates of a text in PEM, in their order. @throws Error when there is anything else in it */
export function readPem(text: string): Buffer[] {
  const found: Buffer[] = [];
  PEM.lastIndex = 0;
  while (PEM.lastIndex < text.length) {
    const [, body] = PEM.exec(text) ?? [];
    if (body === undefined) throw new Error('it is not in PEM');
    found.push(decoded(body.replaceAll(/\s/g, '')));
  }
  return found;
}

type Reader = (value: string, chain: string | undefined) => Buffer[];

const READERS: Readonly<Record<CertificateFormat, Reader>> = {
  // RFC 9440 2.2, 2.3: an item, and a list of them.
  rfc9440: (value, chain) => [byteSequence(value), ...(chain === undefined ? [] : chain.split(',').map(byteSequence))],
  'urlencoded-pem': readEncodedPem,
  xfcc: readForwarded,
};

function byteSequence(text: string): Buffer {
  const [, bytes] = BYTE_SEQUENCE.exec(text.replaceAll(/^[ \t]+|[ \t]+$/g, '')) ?? [];
  if (bytes === undefined) throw new Error('it is no byte sequence');
  return decoded(bytes);
}

/** nginx, AWS; Traefik leaves the first and the last line out, and separates certificates by commas. */
function readEncodedPem(value: string): Buffer[] {
  const text = decodeURIComponent(value);
  return text.startsWith('-') ? readPem(text) : text.split(',').map(decoded);
}

/** Envoy's `X-Forwarded-Client-Cert`, of one proxy: which of several is meant, nobody can tell. */
function readForwarded(value: string): Buffer[] {
  const pairs = new Map<string, string>();
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < value.length) {
    const [, name, quoted, plain = ''] = PAIR.exec(value) ?? [];
    if (name === undefined) throw new Error('it is no single element');
    const key = name.toLowerCase();
    // A certificate may have several names, and only names.
    if (pairs.has(key) && ['cert', 'chain', 'hash'].includes(key)) throw new Error(`${name} is there twice`);
    pairs.set(key, quoted?.replaceAll(/\\(.)/g, '$1') ?? plain);
  }
  const chain = readPem(decodeURIComponent(pairs.get('chain') ?? ''));
  const [first = chain[0]] = readPem(decodeURIComponent(pairs.get('cert') ?? ''));
  if (!first) throw new Error('it has neither Cert nor Chain');
  // Envoy's chain begins with the certificate itself.
  if (chain[0] && !chain[0].equals(first)) throw new Error('Cert and Chain do not fit');
  const hash = pairs.get('hash');
  if (hash !== undefined && hash.toLowerCase() !== hexThumbprint(first)) throw new Error('Hash and Cert do not fit');
  return [first, ...chain.slice(1)];
}

function hexThumbprint(der: Buffer): string {
  return Buffer.from(Certificate.of(der).thumbprint, 'base64url').toString('hex');
}

/** Base64 in its one form: what decodes to the same by chance is no base64. */
function decoded(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (BASE64.test(text) && bytes.toString('base64') === text) return bytes;
  throw new Error('it is not in base64');
}
