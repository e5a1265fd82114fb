import { claims, derSignature, encode, header, parts, signed, signRaw, token, type Forge } from './jwt-forger.js';

export const SPELLINGS: [string, Forge][] = [
  [
    'a space in front of the payload',
    () => {
      const [h, p, s] = parts();
      return `${h}. ${p}.${s}`;
    },
  ],
  ['padding', () => `${token}=`],
  [
    'padding in the middle',
    () => {
      const [h, p, s] = parts();
      return `${h}=.${p}=.${s}`;
    },
  ],
  [
    'standard base64',
    () => {
      const [h, p, s] = parts();
      return `${h}.${p}.${Buffer.from(s, 'base64url').toString('base64').replace(/=+$/, '+')}`;
    },
  ],
  [
    'no signature',
    () => {
      const [h, p] = parts();
      return `${h}.${p}.`;
    },
  ],
  [
    'two segments',
    () => {
      const [h, p] = parts();
      return `${h}.${p}`;
    },
  ],
  ['four segments', () => `${token}.${parts()[2]}`],
  ['five segments (encrypted)', () => `${parts()[0]}.a.b.c.d`],
  ['a dot at the end', () => `${token}.`],
  ['a dot in front', () => `.${token}`],
  ['empty segments', () => '..'],
  ['the JSON serialisation', () => encode({ protected: parts()[0], payload: parts()[1], signature: parts()[2] })],
  ['a signature cut short', () => token.slice(0, -4)],
  ['a longer signature', () => `${token}AAAA`],
  [
    'zeroes as signature (CVE-2022-21449)',
    () => {
      const [h, p] = parts();
      return `${h}.${p}.${Buffer.alloc(64).toString('base64url')}`;
    },
  ],
  [
    'ones as signature',
    () => {
      const [h, p] = parts();
      return `${h}.${p}.${Buffer.alloc(64, 1).toString('base64url')}`;
    },
  ],
  [
    'a DER signature',
    async () => {
      const [h, p] = parts();
      return `${h}.${p}.${await derSignature(`${h}.${p}`)}`;
    },
  ],
  [
    'the signature of another token',
    async () => {
      const [h, p] = parts();
      return `${h}.${p}.${(await signed({ claims: { jti: 'x' } })).split('.')[2]}`;
    },
  ],
  [
    'trailing bits that mean nothing',
    () => {
      const [h, p, s] = parts();
      return `${h}.${p}.${s.slice(0, -1)}${nextLetter(s.at(-1)!)}`;
    },
  ],
  [
    'another payload',
    () => {
      const [h, , s] = parts();
      return `${h}.${encode({ ...claims, sub: 'admin' })}.${s}`;
    },
  ],
  [
    'another header',
    () => {
      const [, p, s] = parts();
      return `${encode({ ...header, x: 1 })}.${p}.${s}`;
    },
  ],
  [
    'white space in the header',
    () => {
      const [, p, s] = parts();
      return `${encode(`${JSON.stringify(header)} `)}.${p}.${s}`;
    },
  ],
  ['a header that is not JSON', () => signRaw(encode('{'), encode(claims))],
  ['a header that is a list', () => signRaw(encode([]), encode(claims))],
  ['a header that is a text', () => signRaw(encode('"x"'), encode(claims))],
  ['a header that is null', () => signRaw(encode('null'), encode(claims))],
  ['an empty header', () => signRaw(encode({}), encode(claims))],
  ['a byte order mark in the header', () => signRaw(encode(`\uFEFF${JSON.stringify(header)}`), encode(claims))],
  ['a payload that is not JSON', () => signRaw(encode(header), encode('{'))],
  ['a payload that is a list', () => signRaw(encode(header), encode([claims]))],
  ['a payload that is a text', () => signRaw(encode(header), encode('"x"'))],
  ['a payload that is null', () => signRaw(encode(header), encode('null'))],
  ['an empty payload', () => signRaw(encode(header), '')],
  [
    'a payload in UTF-16',
    () => signRaw(encode(header), Buffer.from(JSON.stringify(claims), 'utf16le').toString('base64url')),
  ],
  [
    'exp beyond all numbers',
    () => signRaw(encode(header), encode(JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e999'))),
  ],
  ['a nested token as payload', () => signRaw(encode({ ...header, cty: 'JWT' }), encode(token))],
  ['larger than any header', () => signed({ claims: { filler: 'x'.repeat(8_000) } })],
];

/** The next letter of the alphabet: a P1363 signature of 64 bytes leaves 4 bits of its last letter unused. */
function nextLetter(letter: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(letter) + 1]!;
}
