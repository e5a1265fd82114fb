import { createHmac, createPublicKey, randomBytes } from 'node:crypto';
import { claimsOf, DpopKey, encoded, type Kind, type ProofTerms } from './dpop.js';
import { forged, type ForgedProof } from './dpop-forged.js';

type Json = Record<string, unknown>;

const OTHER_VALUES: readonly [string, unknown][] = [
  ['missing', undefined],
  ['null', null],
  ['a number', 1],
  ['a list', ['ES256']],
  ['an object', {}],
  ['empty', ''],
];

const withHeader = (header: Json) => (key: DpopKey, terms: ProofTerms) => key.proof({ ...terms, header });
const withKey = (change: (jwk: Json, key: DpopKey) => unknown) => (key: DpopKey, terms: ProofTerms) =>
  key.proof({ ...terms, header: { jwk: change({ ...key.jwk }, key) } });

/** Signed rightly by a key of another kind. */
const by =
  (kind: Kind, header: Json = {}, bits?: number) =>
  (_key: DpopKey, terms: ProofTerms) =>
    keyOf(kind, bits).proof({ ...terms, header });

const keys = new Map<string, DpopKey>();
function keyOf(kind: Kind, bits = 2_048): DpopKey {
  const name = `${kind} ${bits}`;
  const key = keys.get(name) ?? new DpopKey(kind, bits);
  keys.set(name, key);
  return key;
}

const wrongSignature =
  (make: (input: Buffer, key: DpopKey) => string, header: Json = {}) =>
  (key: DpopKey, terms: ProofTerms) => {
    const input = `${encoded({ ...key.header(), ...header })}.${encoded(claimsOf(terms))}`;
    return `${input}.${make(Buffer.from(input), key)}`;
  };

const hs256 = (secretOf: (key: DpopKey) => string | Buffer, header: Json = {}) =>
  wrongSignature((input, key) => createHmac('sha256', secretOf(key)).update(input).digest('base64url'), {
    alg: 'HS256',
    ...header,
  });

const ORDER = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
const ZEROS = Buffer.alloc(32);
const numbers = (r: Buffer, s: Buffer) => () => Buffer.concat([r, s]).toString('base64url');
const flipped = (bytes: Buffer, at: number) => {
  bytes[at]! ^= 1;
  return bytes.toString('base64url');
};

/** A function: the tables name one another. */
export const FORGED_HEADERS = (): ForgedProof[] =>
  forged([
    ...OTHER_VALUES.map(([how, typ]) => [`typ is ${how}`, withHeader({ typ })] as const),
    ...['JWT', 'at+jwt', 'dpop+jwt ', 'dpop', 'application/dpop+jwt', 'dpop+jws'].map(
      (typ) => [`typ is ${JSON.stringify(typ)}`, withHeader({ typ })] as const,
    ),
    ...OTHER_VALUES.map(([how, alg]) => [`alg is ${how}`, withHeader({ alg })] as const),
    ...['none', 'None', 'es256', 'ES256 ', 'RS256', 'PS384', 'EdDSA', 'Ed448', 'HS256', '__proto__', 'constructor'].map(
      (alg) => [`alg is ${alg}, signed by ES256`, withHeader({ alg })] as const,
    ),
    ['alg none without a signature', wrongSignature(() => '', { alg: 'none' })],
    [
      'HS256 by the public key as PEM',
      hs256((key) => createPublicKey({ key: key.jwk as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' })),
    ],
    ['HS256 by the public key as JSON', hs256((key) => JSON.stringify(key.jwk))],
    ['HS256 by a key of its own', hs256(() => 'a secret', { jwk: { kty: 'oct', k: encoded('a secret') } })],
    ['HS256 by nothing', hs256(() => '')],
    ['RS256, signed rightly', by('RS256')],
    ['ES256K, signed rightly', by('ES256K')],
    ['ES256 by a key of P-384', by('ES384', { alg: 'ES256' })],
    ['ES384 by a key of P-256', withHeader({ alg: 'ES384' })],
    ['ES256 by a key of RSA', by('PS256', { alg: 'ES256' })],
    ['PS256 by a key of P-256', withHeader({ alg: 'PS256' })],
    ['PS256 by a key of RSA, signed by RS256', by('RS256', { alg: 'PS256' })],
    ['PS256 by a key of 1024 bits', by('PS256', {}, 1_024)],
    ['PS256 by a key of 8192 bits', withKeyOf({ kty: 'RSA', e: 'AQAB', n: hugeNumber(8_192) })],
    ['PS256 by a key whose exponent is 1', withKeyOf({ kty: 'RSA', e: 'AQ', n: hugeNumber(2_048) })],
    ['PS256 by a key whose exponent is huge', withKeyOf({ kty: 'RSA', e: hugeNumber(2_040), n: hugeNumber(2_048) })],
    ['PS256 by a key without a modulus', withKeyOf({ kty: 'RSA', e: 'AQAB', n: '' })],
    ...OTHER_VALUES.map(([how, jwk]) => [`jwk is ${how}`, withHeader({ jwk })] as const),
    ['jwk is the text of a key', withKey((jwk) => JSON.stringify(jwk))],
    ['jwk is a set of keys', withKey((jwk) => ({ keys: [jwk] }))],
    ['jwk has its private member', withKey((_jwk, key) => key.privateJwk)],
    ...['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].map(
      (name) => [`jwk has the member ${name}`, withKey((jwk) => ({ ...jwk, [name]: null }))] as const,
    ),
    ['jwk has no kty', withKey((jwk) => ({ ...jwk, kty: undefined }))],
    ['jwk has no crv', withKey((jwk) => ({ ...jwk, crv: undefined }))],
    ['jwk has no x', withKey((jwk) => ({ ...jwk, x: undefined }))],
    ['jwk has no y', withKey((jwk) => ({ ...jwk, y: undefined }))],
    ['jwk x is a number', withKey((jwk) => ({ ...jwk, x: 1 }))],
    ['jwk x is empty', withKey((jwk) => ({ ...jwk, x: '' }))],
    ['jwk x is too long', withKey((jwk) => ({ ...jwk, x: `${jwk['x']}AAAA` }))],
    ['jwk y is x: not on the curve', withKey((jwk) => ({ ...jwk, y: jwk['x'] }))],
    ['jwk is the origin', withKey((jwk) => ({ ...jwk, x: encoded(ZEROS), y: encoded(ZEROS) }))],
    ['jwk of another curve', withKey((jwk) => ({ ...jwk, crv: 'P-384' }))],
    ['jwk kty is OKP', withKey((jwk) => ({ ...jwk, kty: 'OKP', crv: 'Ed25519' }))],
    ['jwk kty is RSA', withKey((jwk) => ({ ...jwk, kty: 'RSA' }))],
    ['jwk kty is oct', withKey(() => ({ kty: 'oct', k: encoded('a secret') }))],
    ['jwk kty is in lower case', withKey((jwk) => ({ ...jwk, kty: 'ec' }))],
    ['the key is named, not given: kid', withHeader({ jwk: undefined, kid: 'a' })],
    ['the key is elsewhere: jku', withHeader({ jwk: undefined, jku: 'https://evil.example/jwks' })],
    ['the key is elsewhere: x5u', withHeader({ jwk: undefined, x5u: 'https://evil.example/x5u' })],
    ['the key is in a certificate: x5c', withHeader({ jwk: undefined, x5c: [randomBytes(64).toString('base64')] })],
    ['another key than the one that signed', withKey(() => new DpopKey().jwk)],
    ['crit names an extension', withHeader({ crit: ['b64'], b64: false })],
    ['crit is empty', withHeader({ crit: [] })],
    ['crit is null', withHeader({ crit: null })],
    ['signed by another key', wrongSignature((input) => encoded(new DpopKey().signature(input)))],
    ['signed over something else', wrongSignature((_input, key) => encoded(key.signature(Buffer.from('else'))))],
    ['the signature as DER', wrongSignature((input, key) => encoded(key.signature(input, 'der')))],
    [
      'the signature has one byte more',
      wrongSignature((input, key) => encoded(Buffer.concat([key.signature(input), Buffer.of(0)]))),
    ],
    ['the signature has one byte less', wrongSignature((input, key) => encoded(key.signature(input).subarray(1)))],
    ['the signature is zeros', wrongSignature(numbers(ZEROS, ZEROS))],
    ['r is 0', wrongSignature((input, key) => encoded(Buffer.concat([ZEROS, key.signature(input).subarray(32)])))],
    ['s is 0', wrongSignature((input, key) => encoded(Buffer.concat([key.signature(input).subarray(0, 32), ZEROS])))],
    ['r and s are the order of the curve', wrongSignature(numbers(ORDER, ORDER))],
    ['r is changed', wrongSignature((input, key) => flipped(key.signature(input), 0))],
    ['s is changed', wrongSignature((input, key) => flipped(key.signature(input), 63))],
  ]);

function withKeyOf(jwk: Json) {
  return withHeader({ alg: 'PS256', jwk });
}

/** An odd number of as many bits. */
function hugeNumber(bits: number): string {
  const bytes = randomBytes(bits / 8);
  bytes[0]! |= 0x80;
  bytes[bytes.length - 1]! |= 1;
  return bytes.toString('base64url');
}
