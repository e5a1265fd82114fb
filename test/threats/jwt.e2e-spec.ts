import { Controller, Get } from '@nestjs/common';
import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWK,
} from 'jose';
import { createHmac, createSign } from 'node:crypto';
import { BearerAuth, JwtService, SigningKeys } from '../../src/index.js';
import { SecretBox } from '../../src/common/secrets/secret-box.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';
import { CRITS, KIDS, NONES, OTHER_ALGORITHMS, OTHER_HEADERS, TYPES } from './forged-parts.js';

@Controller('probe')
class ProbeController {
  @Get()
  @BearerAuth()
  probe() {
    return { ok: true };
  }
}

type Json = Record<string, unknown>;
type Forge = () => string | Promise<string>;

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A good token, our private keys to sign wrong ones with, and keys of an attacker. */
let host: TestApp;
let subject: string;
let token: string;
let header: Json;
let claims: Json;
let ours: CryptoKey;
let ourPublic: JWK;
let theirs: CryptoKey;
let theirPublic: JWK;

beforeAll(async () => {
  host = await createTestApp({
    controllers: [ProbeController],
    auth: { accounts: { session: { scopes: ['read:data'] } }, jwt: { audience: ['https://external-api.com'] } },
  });
  const user = await signUp(host.url);
  subject = user.id;
  token = (await send(`${host.url}/api/auth/token`, { bearer: user.token })).body.token;
  header = decodeProtectedHeader(token) as Json;
  claims = decodeJwt(token) as Json;
  [ourPublic] = (await send(`${host.url}/api/auth/jwks`)).body.keys;
  const [row] = await host.sql<{ kid: string; private_key: Buffer }>('SELECT kid, private_key FROM auth_signing_key');
  const text = host.app.get(SecretBox).open(row!.private_key, `signing-key:${row!.kid}`)!;
  ours = (await importJWK(JSON.parse(text), 'ES256')) as CryptoKey;
  const pair = await generateKeyPair('ES256', { extractable: true });
  theirs = pair.privateKey;
  theirPublic = await exportJWK(pair.publicKey);
});
afterAll(() => host.close());

const probe = async (bearer: string) => send(`${host.url}/probe`, { bearer });

/** Signed by our own key: only what the case says is wrong with it. */
async function signed(
  change: { header?: Json; claims?: Json; without?: string },
  key: CryptoKey = ours,
): Promise<string> {
  const payload: Json = { ...claims, ...change.claims };
  if (change.without !== undefined) delete payload[change.without];
  const protectedHeader: Json = { ...header, ...change.header };
  for (const [name, value] of Object.entries(protectedHeader)) if (value === undefined) delete protectedHeader[name];
  return signRaw(encode(protectedHeader), encode(payload), key);
}

/** ES256 over any two texts, whatever they hold. */
async function signRaw(head: string, payload: string, key: CryptoKey = ours): Promise<string> {
  const input = `${head}.${payload}`;
  const bytes = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, Buffer.from(input));
  return `${input}.${Buffer.from(bytes).toString('base64url')}`;
}

const unsigned = (head: Json, signature = ''): string => `${encode(head)}.${encode(claims)}.${signature}`;
const hmac = (secret: string | Buffer, head: Json, digest = 'sha256'): string => {
  const input = `${encode({ ...header, ...head })}.${encode(claims)}`;
  return `${input}.${createHmac(digest, secret).update(input).digest('base64url')}`;
};

const now = () => Math.floor(Date.now() / 1000);
const parts = () => token.split('.') as [string, string, string];

const HEADERS_OF_KEYS: [string, () => Json][] = [
  ['jku', () => ({ jku: 'http://127.0.0.1:1/jwks.json' })],
  ['jku beside our kid', () => ({ jku: `${host.url}/api/auth/jwks` })],
  ['x5u', () => ({ x5u: 'http://127.0.0.1:1/cert.pem' })],
  ['jwk', () => ({ jwk: theirPublic })],
  ['jwk that is our own public key', () => ({ jwk: ourPublic })],
  ['x5c', () => ({ x5c: ['MIIB'] })],
  ['x5t', () => ({ x5t: 'abc' })],
  ['x5t#S256', () => ({ 'x5t#S256': 'abc' })],
];
const CLAIMS: [string, () => { claims?: Json; without?: string }][] = [
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'jti'].map((name): [string, () => { without: string }] => [
    `without ${name}`,
    () => ({ without: name }),
  ]),
  ...(
    [
      ['iss', 'https://evil.example'],
      ['iss', `${TEST_ISSUER}/`],
      ['iss', TEST_ISSUER.toUpperCase()],
      ['iss', ''],
      ['iss', null],
      ['iss', [TEST_ISSUER]],
      ['iss', {}],
      ['aud', 'https://external-api.com'],
      ['aud', `${TEST_ISSUER}/`],
      ['aud', ''],
      ['aud', []],
      ['aud', [[]]],
      ['aud', null],
      ['aud', {}],
      ['aud', 1],
      ['aud', [TEST_ISSUER, 1]],
      ['aud', `x ${TEST_ISSUER}`],
      ['sub', ''],
      ['sub', null],
      ['sub', 1],
      ['sub', []],
      ['sub', {}],
      ['sub', true],
      ['jti', ''],
      ['jti', null],
      ['jti', 1],
      ['jti', {}],
      ['exp', '9999999999'],
      ['exp', null],
      ['exp', true],
      ['exp', 0],
      ['exp', -1],
      ['exp', []],
      ['exp', {}],
      ['exp', 9e15],
      ['exp', 1e308],
      ['iat', '1'],
      ['iat', null],
      ['iat', true],
      ['iat', -1],
      ['iat', 9e15],
      ['nbf', '1'],
      ['nbf', null],
      ['nbf', true],
      ['nbf', 9e15],
    ] as [string, unknown][]
  ).map(([name, value]): [string, () => { claims: Json }] => [
    `${name} = ${JSON.stringify(value)}`,
    () => ({ claims: { [name]: value } }),
  ]),
  ['expired beyond the leeway', () => ({ claims: { exp: now() - 61, iat: now() - 100 } })],
  ['expired a year ago', () => ({ claims: { exp: now() - 31_536_000 } })],
  ['nbf beyond the leeway', () => ({ claims: { nbf: now() + 61 } })],
  ['iat in the future', () => ({ claims: { iat: now() + 120, exp: now() + 600 } })],
  ['the session of nobody', () => ({ claims: { sid: '0193ffff-0000-7000-8000-000000000000' } })],
];
const SPELLINGS: [string, Forge][] = [
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
    () => {
      const [h, p] = parts();
      const der = createSign('SHA256').update(`${h}.${p}`).sign({ key: pemOf(), dsaEncoding: 'der' });
      return `${h}.${p}.${der.toString('base64url')}`;
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
  ['a header that is no JSON', () => signRaw(encode('{'), encode(claims))],
  ['a header that is a list', () => signRaw(encode([]), encode(claims))],
  ['a header that is a text', () => signRaw(encode('"x"'), encode(claims))],
  ['a header that is null', () => signRaw(encode('null'), encode(claims))],
  ['an empty header', () => signRaw(encode({}), encode(claims))],
  ['a byte order mark in the header', () => signRaw(encode(`\uFEFF${JSON.stringify(header)}`), encode(claims))],
  ['a payload that is no JSON', () => signRaw(encode(header), encode('{'))],
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

function pemOf(): string {
  // Any P-256 key does: the format is what is wrong.
  return attackerPem;
}
let attackerPem = '';
beforeAll(async () => {
  attackerPem = Buffer.from(await crypto.subtle.exportKey('pkcs8', theirs)).toString('base64');
  attackerPem = `-----BEGIN PRIVATE KEY-----\n${attackerPem}\n-----END PRIVATE KEY-----\n`;
});

/** The neighbour of the last letter: a P1363 signature of 64 bytes leaves 4 bits of it unused. */
function nextLetter(letter: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(letter) + 1]!;
}

const FORGERIES: [string, Forge][] = [
  ...NONES.flatMap((alg): [string, Forge][] => [
    [`T043 alg ${JSON.stringify(alg)}, no signature`, () => unsigned({ ...header, alg })],
    [`T043 alg ${JSON.stringify(alg)}, a signature`, () => unsigned({ ...header, alg }, parts()[2])],
  ]),
  ['T043 no alg', () => signed({ header: { alg: undefined } })],
  ['T043 alg null', () => signed({ header: { alg: null } })],
  ['T043 alg as list', () => signed({ header: { alg: ['ES256'] } })],
  ...OTHER_ALGORITHMS.map((alg): [string, Forge] => [
    `T044 signed well but named ${alg}`,
    () => signed({ header: { alg } }),
  ]),
  ...(['HS256', 'HS384', 'HS512'] as const).flatMap((alg): [string, Forge][] => {
    const digest = `sha${alg.slice(2)}`;
    return [
      [`T044 ${alg} with our public key as PEM`, async () => hmac(await spki(), { alg }, digest)],
      [`T044 ${alg} with our public key as DER`, async () => hmac(await spkiDer(), { alg }, digest)],
      [`T044 ${alg} with our public key as JWK`, () => hmac(JSON.stringify(ourPublic), { alg }, digest)],
      [`T044 ${alg} with our x`, () => hmac(Buffer.from(ourPublic.x!, 'base64url'), { alg }, digest)],
      [`T044 ${alg} with an empty secret`, () => hmac('', { alg }, digest)],
      [`T044 ${alg} with the kid`, () => hmac(String(header['kid']), { alg }, digest)],
    ];
  }),
  ['T044 signed by somebody else under our kid', () => signed({}, theirs)],
  ['T044 signed by somebody else under his own kid', () => signed({ header: { kid: 'evil' } }, theirs)],
  ...KIDS.map((kid): [string, Forge] => [
    `T045 kid ${String(JSON.stringify(kid)).slice(0, 40)}`,
    () => signed({ header: { kid } }),
  ]),
  ['T045 no kid', () => signed({ header: { kid: undefined } })],
  ...HEADERS_OF_KEYS.flatMap(([name, members]): [string, Forge][] => [
    [`T046 ${name}, signed by somebody else`, () => signed({ header: members() }, theirs)],
    [`T046 ${name}, signed by us`, () => signed({ header: members() })],
  ]),
  ...CRITS.map(([name, members]): [string, Forge] => [`T047 crit ${name}`, () => signed({ header: members })]),
  ...OTHER_HEADERS.map(([name, members]): [string, Forge] => [`T047 ${name}`, () => signed({ header: members })]),
  ...TYPES.map((typ): [string, Forge] => [`T048 typ ${JSON.stringify(typ)}`, () => signed({ header: { typ } })]),
  ...CLAIMS.map(([name, change]): [string, Forge] => [`T048 ${name}`, () => signed(change())]),
  ...SPELLINGS.map(([name, forge]): [string, Forge] => [`T047 ${name}`, forge]),
];

const spkiDer = async () =>
  Buffer.from(
    await crypto.subtle.exportKey('spki', (await importJWK({ ...ourPublic, ext: true }, 'ES256')) as CryptoKey),
  );
const spki = async () =>
  `-----BEGIN PUBLIC KEY-----\n${(await spkiDer()).toString('base64')}\n-----END PUBLIC KEY-----\n`;

describe('forged tokens', () => {
  it('the token they are made from is good, so only what each case changes can be its fault', async () => {
    expect((await probe(token)).status).toBe(200);
    expect((await probe(await signed({ claims: { jti: 'another' } }))).status).toBe(200);
    expect(FORGERIES.length).toBeGreaterThanOrEqual(150);
  });

  it.each(FORGERIES)('%s', async (_name, forge) => {
    const forged = await forge();
    const answer = await probe(forged);
    // What is no bearer value at all is a malformed header (RFC 6750 3.1).
    const isBearerValue = /^[A-Za-z0-9\-._~+/%]+=*$/.test(forged) && forged.length <= 8_192;
    expect(answer.status).toBe(isBearerValue ? 401 : 400);
    expect(answer.headers.get('www-authenticate')).toContain(
      isBearerValue ? 'error="invalid_token"' : 'error="invalid_request"',
    );
    expect(answer.text).not.toMatch(/kid|alg|signature|jose|typ /i);
  });

  it('T045 the keys and tables are all still there', async () => {
    expect((await probe(token)).status).toBe(200);
    expect(await host.sql('SELECT kid FROM auth_signing_key')).toHaveLength(1);
  });

  it('T048 a token host code signed opens nothing, one that is just within the leeway does', async () => {
    const jwts = host.app.get(JwtService);
    expect((await probe(await jwts.sign({}, { subject }))).status).toBe(401);
    expect((await probe(await jwts.sign({}, { subject, type: 'at+jwt' }))).status).toBe(200);
    expect((await probe(await signed({ claims: { exp: now() - 2, jti: 'late' } }))).status).toBe(200);
    expect((await probe(await signed({ claims: { nbf: now() + 2, jti: 'early' } }))).status).toBe(200);
  });

  it('T052 a thousand unknown kids make one reading of the keys at most', async () => {
    let readings = 0;
    const { live: keys } = host.app.get(SigningKeys) as unknown as {
      live: { store: { load: (...args: unknown[]) => Promise<unknown> } };
    };
    const load = keys.store.load.bind(keys.store);
    keys.store.load = (...args) => {
      readings++;
      return load(...args);
    };
    const flood = Array.from({ length: 1_000 }, (_, index) =>
      signed({ header: { kid: `k${index}`.padEnd(43, 'x') } }, theirs),
    );
    const started = performance.now();
    const answers = await Promise.all((await Promise.all(flood)).map((forged) => probe(forged)));
    const seconds = (performance.now() - started) / 1000;
    keys.store.load = load;
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(readings).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
    expect(readings).toBeGreaterThan(0);
    expect((await probe(token)).status).toBe(200);
  });
});
