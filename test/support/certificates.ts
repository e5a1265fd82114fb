import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { oid, pem, sequence, tlv, utcTime, utf8 } from './der.js';

/** A certificate with its key. */
export interface Issued {
  readonly der: Buffer;
  readonly pem: string;
  /** In PEM. */
  readonly key: string;
  readonly privateKey: KeyObject;
  readonly subject: Buffer;
  readonly jwk: JsonWebKey;
  /** `x5t#S256`. */
  readonly thumbprint: string;
}

export interface Wanted {
  /** Attributes with their types, from the root of the directory; or the name in DER. Default: a common name. */
  readonly subject?: readonly (readonly [type: string, value: string])[] | Buffer;
  /** Null: signed by itself. */
  readonly issuer?: Issued | null;
  readonly names?: { dns?: string[]; uri?: string[]; ip?: Buffer[]; email?: string[] };
  readonly ca?: boolean | { readonly pathLength: number };
  /** Bits of the first byte of the key usage. */
  readonly keyUsage?: number;
  readonly purposes?: readonly string[];
  /** Further extensions, as they are. */
  readonly extensions?: readonly Buffer[];
  /** Days from now. Default: yesterday to tomorrow. */
  readonly days?: readonly [from: number, to: number];
  readonly hash?: 'sha256' | 'sha1';
  readonly key?: KeyObject;
}

const DAY = 86_400_000;
/** By the type of the key that signs. */
const SIGNATURES = {
  ec: { sha256: sequence(oid('1.2.840.10045.4.3.2')), sha1: sequence(oid('1.2.840.10045.4.1')) },
  rsa: {
    sha256: sequence(oid('1.2.840.113549.1.1.11'), tlv(0x05)),
    sha1: sequence(oid('1.2.840.113549.1.1.5'), tlv(0x05)),
  },
} as const;
const yes = tlv(0x01, Buffer.of(0xff));
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
export const CN = '2.5.4.3';
export const O = '2.5.4.10';
export const C = '2.5.4.6';

export const extension = (id: string, value: Buffer, isCritical = false) =>
  sequence(oid(id), ...(isCritical ? [yes] : []), tlv(0x04, value));

export const nameOf = (attributes: readonly (readonly [string, string])[]) =>
  sequence(...attributes.map(([type, value]) => tlv(0x31, sequence(oid(type), utf8(value)))));

/** A certificate (RFC 5280 4.1) of any shape, with a key on P-256. */
export function issue(wanted: Wanted = {}): Issued {
  const privateKey = wanted.key ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const { subject: given = [[CN, 'client']], issuer = null, days = [-1, 1], hash = 'sha256' } = wanted;
  const subject = Buffer.isBuffer(given) ? given : nameOf(given);
  const [from, to] = days.map((one) => utcTime(new Date(Date.now() + one * DAY)));
  const jwk = publicJwk(privateKey);
  const signer = issuer?.privateKey ?? privateKey;
  const algorithm = SIGNATURES[signer.asymmetricKeyType as 'ec' | 'rsa'][hash];
  const extensions = extensionsOf(wanted);
  const toBeSigned = sequence(
    tlv(0xa0, tlv(0x02, Buffer.of(2))),
    tlv(0x02, Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    issuer?.subject ?? subject,
    sequence(from!, to!),
    subject,
    spki(privateKey),
    ...(extensions.length > 0 ? [tlv(0xa3, sequence(...extensions))] : []),
  );
  const signature = sign(hash, toBeSigned, signer);
  const der = sequence(toBeSigned, algorithm, tlv(0x03, Buffer.of(0), signature));
  return {
    der,
    pem: pem(der),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKey,
    subject,
    jwk,
    thumbprint: createHash('sha256').update(der).digest('base64url'),
  };
}

/** An authority, signed by itself unless it has an issuer. */
export function authority(name = 'Test Root', wanted: Wanted = {}): Issued {
  return issue({ subject: [[CN, name]], ca: true, days: [-2, 2], ...wanted });
}

/** What proxies write for it. */
export const rfc9440 = ({ der }: Pick<Issued, 'der'>) => `:${der.toString('base64')}:`;
export const escapedPem = (...certificates: Pick<Issued, 'pem'>[]) =>
  encodeURIComponent(certificates.map((one) => one.pem).join(''));

function publicJwk(privateKey: KeyObject): JsonWebKey {
  const { d: _private, ...jwk } = privateKey.export({ format: 'jwk' });
  return jwk;
}

function spki(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
}

function extensionsOf({ names, ca, keyUsage, purposes, extensions = [] }: Wanted): Buffer[] {
  const tagged = (tag: number, values: readonly string[] = []) => values.map((one) => tlv(tag, Buffer.from(one)));
  const alternative = names && [
    ...tagged(0x81, names.email),
    ...tagged(0x82, names.dns),
    ...tagged(0x86, names.uri),
    ...(names.ip ?? []).map((one) => tlv(0x87, one)),
  ];
  const limit = typeof ca === 'object' ? [tlv(0x02, Buffer.of(ca.pathLength))] : [];
  return [
    ...(ca ? [extension('2.5.29.19', sequence(yes, ...limit), true)] : []),
    ...(keyUsage === undefined ? [] : [extension('2.5.29.15', tlv(0x03, Buffer.of(0, keyUsage)), true)]),
    ...(purposes ? [extension('2.5.29.37', sequence(...purposes.map(oid)))] : []),
    ...(alternative ? [extension('2.5.29.17', sequence(...alternative))] : []),
    ...extensions,
  ];
}
