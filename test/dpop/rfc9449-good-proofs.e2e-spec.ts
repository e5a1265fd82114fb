import { createTestApp, type TestApp } from '../support/app.js';
import { MACHINE } from '../support/client-auth.js';
import { claimsOf, DpopKey, type ProofTerms } from '../support/dpop.js';
import * as doors from '../support/dpop-doors.js';
import { askTokens, tokenProof } from '../support/dpop-grants.js';
import { basic, providerOptions } from '../support/oauth.js';

type Make = (key: DpopKey, terms: ProofTerms) => string;

const now = () => Math.floor(Date.now() / 1000);
const claims =
  (change: () => object): Make =>
  (key, terms) =>
    key.proof({ ...terms, claims: change() as Record<string, unknown> });
const header =
  (change: object): Make =>
  (key, terms) =>
    key.proof({ ...terms, header: change as Record<string, unknown> });
const htu =
  (change: (url: URL) => string): Make =>
  (key, terms) =>
    key.proof({ ...terms, claims: { htu: change(new URL(terms.url)) } });
const JSON_TEXTS = (key: DpopKey, terms: ProofTerms) =>
  [JSON.stringify(key.header()), JSON.stringify(claimsOf(terms))] as const;

const GOOD: readonly (readonly [string, Make])[] = [
  ['as clients make it', (key, terms) => key.proof(terms)],
  ['typ in upper case (RFC 7515 4.1.9)', header({ typ: 'DPOP+JWT' })],
  [
    'header members that nobody knows',
    header({ kid: 'a', more: { a: 1 }, jku: 'https://evil.example', x5u: 'https://evil.example' }),
  ],
  [
    'jwk with public members besides',
    (key, terms) =>
      key.proof({ ...terms, header: { jwk: { ...key.jwk, kid: 'a', use: 'sig', alg: 'ES256', x5c: [], more: 1 } } }),
  ],
  ['claims that nobody knows', claims(() => ({ iss: 'a', sub: 'b', aud: ['c'], more: null, content_digest: 'd' }))],
  ['jti of 256 characters', claims(() => ({ jti: 'j'.repeat(256) }))],
  ['jti of other letters', claims(() => ({ jti: `ä\u0000😀 ${Math.random()}` }))],
  ['iat 50 s ahead', claims(() => ({ iat: now() + 50 }))],
  ['iat 10 s old', claims(() => ({ iat: now() - 10 }))],
  ['iat 295 s old', claims(() => ({ iat: now() - 295 }))],
  ['iat with a fraction', claims(() => ({ iat: Date.now() / 1000 }))],
  ['nbf now and exp in five minutes', claims(() => ({ nbf: now(), exp: now() + 300 }))],
  ['nbf 50 s ahead', claims(() => ({ nbf: now() + 50 }))],
  ['exp 50 s ago', claims(() => ({ exp: now() - 50 }))],
  ['a nonce that nobody asked for', claims(() => ({ nonce: 'of-another-server' }))],
  [
    'ath where no token is',
    (key, { token: _, ...terms }) =>
      key.proof({ ...terms, ...(_ !== undefined && { token: _ }), claims: _ === undefined ? { ath: 'x' } : {} }),
  ],
  ['htu with a query', htu(({ href }) => `${href}?a=1&b=2`)],
  ['htu with a fragment', htu(({ href }) => `${href}#a`)],
  ['htu with both', htu(({ href }) => `${href}?a#b`)],
  ['htu with its scheme in upper case', htu(({ href }) => href.replace('http', 'HTTP'))],
  ['htu with its host in upper case', htu(({ href }) => href.replace('localhost', 'LocalHost'))],
  ['htu with dot segments', htu(({ origin, pathname }) => `${origin}/./a/..${pathname}`)],
  ['htu with encoded dot segments', htu(({ origin, pathname }) => `${origin}/a/%2e%2E${pathname}`)],
  [
    'htu with needless percent-encoding',
    htu(({ href }) => href.replace(/.$/, (last) => `%${last.charCodeAt(0).toString(16)}`)),
  ],
  [
    'JSON with spaces',
    (key, terms) =>
      key.signed(...(JSON_TEXTS(key, terms).map((one) => one.replaceAll(',"', ' ,\n "')) as [string, string])),
  ],
  [
    'a doubled claim, the last is right (RFC 7519 4)',
    (key, terms) => key.signed(key.header(), JSON_TEXTS(key, terms)[1].replace('{', '{"htm":"PUT",')),
  ],
  [
    'a doubled member, the last is right (RFC 7515 4)',
    (key, terms) => key.signed(JSON_TEXTS(key, terms)[0].replace('{', '{"typ":"JWT",'), claimsOf(terms)),
  ],
  ['nearly 8 KiB', claims(() => ({ more: 'a'.repeat(5_500) }))],
];

describe.each(['express', 'fastify'] as const)('RFC 9449 4.3: good proofs on %s', (adapter) => {
  let host: TestApp;
  const key = new DpopKey();
  let all: readonly doors.Door[];
  beforeAll(async () => {
    const clients = [{ ...MACHINE, redirectUris: ['https://web.example/callback'], scopes: ['openid'] }];
    host = await createTestApp({
      adapter,
      controllers: [doors.ReportsController],
      auth: providerOptions({ clients }, { clientCredentials: true }),
    });
    const own = { grant_type: 'client_credentials' };
    const { body } = await askTokens(host, MACHINE, own, tokenProof(key));
    const lines = [`Authorization: ${basic(MACHINE.clientId, MACHINE.clientSecret!).authorization}`];
    const form = { ...doors.parForm(), client_id: MACHINE.clientId };
    all = [
      { name: 'the token endpoint', method: 'POST', path: doors.TOKEN_PATH, lines, form: own },
      { name: 'the token endpoint by its other name', method: 'POST', path: '/api/auth/oauth/token', lines, form: own },
      { name: 'PAR', method: 'POST', path: doors.PAR_PATH, lines, form },
      { name: 'a guarded route', method: 'GET', path: doors.REPORTS_PATH, token: body.access_token },
    ];
  });
  afterAll(() => host.close());

  it.each(GOOD)('4.3, B2, B4, B24: %s', async (_title, make) => {
    for (const door of all) {
      const proof = make(key, doors.termsOf(door));
      const { status, body } = await doors.knock(host, door, [proof]);
      expect([door.name, status, body?.error_description]).toEqual([
        door.name,
        door.path === doors.PAR_PATH ? 201 : 200,
        undefined,
      ]);
      // B5: good once.
      expect([door.name, doors.outcome(await doors.knock(host, door, [proof]))]).toEqual([
        door.name,
        `${door.token === undefined ? 400 : 401} invalid_dpop_proof`,
      ]);
    }
  });

  it('B5: a jti is used up for its key and its address alone, however that is spelled', async () => {
    const [token, alias, , route] = all as [doors.Door, doors.Door, doors.Door, doors.Door];
    const of = (door: doors.Door, by: DpopKey, change: object = {}) =>
      by.proof({ ...doors.termsOf(door), claims: { jti: 'the same', ...change } });
    for (const [door, by] of [
      [token, key],
      [alias, key],
      [route, key],
      [token, new DpopKey()],
    ] as const) {
      expect((await doors.knock(host, door, [of(door, by)])).status).toBe(200);
      const upper = doors.addressOf(door.path).replace('localhost', 'LOCALHOST');
      for (const change of [{}, { more: 1 }, { htu: upper }, { htu: `${upper}?a` }, { iat: now() - 30 }])
        expect((await doors.knock(host, door, [of(door, by, change)])).body.error).toBe('invalid_dpop_proof');
    }
  });

  it('B5, RFC 9449 11.1: it is known for as long as it could be used, and swept after that', async () => {
    const [token] = all as [doors.Door];
    const jti = 'kept';
    const proof = (iat: number) => key.proof({ ...doors.termsOf(token), claims: { jti, iat } });
    await host.sql('DELETE FROM auth_spent_jwt');
    expect((await doors.knock(host, token, [proof(now() + 50)])).status).toBe(200);
    const [row] = await host.sql<{ left: number; bytes: number }>(
      'SELECT extract(epoch FROM expires_at - now())::int AS left, length(hash) AS bytes FROM auth_spent_jwt',
    );
    expect(row!.bytes).toBe(32);
    expect(row!.left).toBeGreaterThanOrEqual(345);
    expect(row!.left).toBeLessThanOrEqual(355);
  });
});
