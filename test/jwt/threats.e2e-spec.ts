import { Controller, Get } from '@nestjs/common';
import { BearerAuth, JwtService, SigningKeys } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';
import { CLAIMS } from '../support/jwt-forged-claims.js';
import { CRITS, KIDS, NONES, OTHER_ALGORITHMS, OTHER_HEADERS, TYPES } from '../support/jwt-forged-parts.js';
import { SPELLINGS } from '../support/jwt-forged-spellings.js';
import {
  header,
  hmac,
  learn,
  now,
  ourPublic,
  parts,
  signed,
  spki,
  spkiDer,
  theirPublic,
  theirs,
  token,
  unsigned,
  type Forge,
  type Json,
} from '../support/jwt-forger.js';

@Controller('probe')
class ProbeController {
  @Get()
  @BearerAuth()
  probe() {
    return { ok: true };
  }
}

let host: TestApp;
let subject: string;
beforeAll(async () => {
  host = await createTestApp({
    controllers: [ProbeController],
    auth: { accounts: { session: { scopes: ['read:data'] } }, jwt: { audience: ['https://external-api.com'] } },
  });
  const user = await signUp(host.url);
  subject = user.id;
  await learn(host, user);
});
afterAll(() => host.close());

const probe = async (bearer: string) => send(`${host.url}/probe`, { bearer });
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
  ['T044 signed by somebody else under their own kid', () => signed({ header: { kid: 'evil' } }, theirs)],
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
