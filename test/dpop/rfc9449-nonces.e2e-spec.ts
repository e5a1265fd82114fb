import { Clock } from '../../src/common/clock.js';
import { createTestApp, TEST_ISSUER, TEST_SECRET, type TestApp } from '../support/app.js';
import { assertionOf, byAssertion, clientKey, MACHINE } from '../support/client-auth.js';
import { DpopKey } from '../support/dpop.js';
import * as doors from '../support/dpop-doors.js';
import { askTokens, redeem, renew, spentProofs, told, tokenProof } from '../support/dpop-grants.js';
import { APP, basic, Navigator, obtainCode, providerOptions, WEB } from '../support/oauth.js';

const OWN = { grant_type: 'client_credentials' };
const NQCHAR = /^[!#-[\]-~]+$/;
const SECOND_SECRET = 'another secret for tests only, long enough 987654321';
const auth = (more: object = {}) =>
  providerOptions({ clients: [WEB, APP, MACHINE] }, { clientCredentials: true, dpop: { nonce: 'required' }, ...more });

/** A nonce of the server, by a proof that has none. */
async function nonceOf(host: TestApp): Promise<string> {
  const { headers } = await askTokens(host, MACHINE, OWN, new DpopKey());
  return headers.get('dpop-nonce')!;
}
const withNonce = (host: TestApp, nonce: string, key = new DpopKey()) =>
  askTokens(host, MACHINE, OWN, tokenProof(key, { nonce }));
const move = (host: TestApp, seconds: number) => host.app.get(Clock).synchronise(new Date(Date.now() + seconds * 1000));

describe.each(['express', 'fastify'] as const)('RFC 9449 8, 9: nonces on %s', (adapter) => {
  let host: TestApp;
  let browser: Navigator;
  const key = new DpopKey();
  beforeAll(async () => {
    host = await createTestApp({ adapter, controllers: [doors.ReportsController], auth: auth() });
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(() => host.close());

  it('RFC 9449 8, 9, 0.4: each door asks for one, and takes the proof that has it', async () => {
    const nonce = await nonceOf(host);
    const grant = await obtainCode(browser, WEB);
    const { body } = await redeem(host, WEB, grant, tokenProof(key, { nonce }));
    const lines = [`Authorization: ${basic(WEB.clientId, WEB.clientSecret!).authorization}`];
    const [token, asked] = [body.access_token, doors.parForm()];
    const own = [`Authorization: ${basic(MACHINE.clientId, MACHINE.clientSecret!).authorization}`];
    const all: doors.Door[] = [
      { name: 'token', method: 'POST', path: doors.TOKEN_PATH, lines: own, form: OWN },
      { name: 'par', method: 'POST', path: doors.PAR_PATH, lines, form: asked },
      { name: 'userinfo', method: 'GET', path: doors.USERINFO_PATH, token },
      { name: 'guard', method: 'GET', path: doors.REPORTS_PATH, token },
    ];
    for (const door of all)
      for (const wrong of [undefined, '', 'stale', 'a'.repeat(43), nonce.toUpperCase()]) {
        const before = await spentProofs(host);
        const proof = doors.goodProof(key, door, wrong === undefined ? {} : { nonce: wrong });
        const first = await doors.knock(host, door, [proof]);
        expect([door.name, doors.outcome(first)]).toEqual([door.name, `${door.token ? 401 : 400} use_dpop_nonce`]);
        expect(first.nonces).toEqual([expect.stringMatching(NQCHAR)]);
        if (door.token !== undefined)
          expect(first.challenges).toEqual([
            expect.stringMatching(/^DPoP realm="localhost:3000", error="use_dpop_nonce".*algs="ES256 /),
          ]);
        const again = await doors.knock(host, door, [doors.goodProof(key, door, { nonce: first.nonces[0]! })]);
        expect([door.name, again.status, again.nonces]).toEqual([door.name, door.name === 'par' ? 201 : 200, []]);
        expect(await spentProofs(host)).toBe(before + 1);
      }
  });

  it('B10, RFC 9449 8: no nonce in a token request that has no proof', async () => {
    expect((await askTokens(host, MACHINE, OWN)).headers.get('dpop-nonce')).toBeNull();
    expect((await askTokens(host, MACHINE, OWN)).body.token_type).toBe('Bearer');
  });

  it('B4: the age of the nonce stands for that of the proof: a clock that is days off is no reason to refuse', async () => {
    const nonce = await nonceOf(host);
    for (const off of [-86_400, -3_600, 3_600, 86_400]) {
      const claims = { iat: Math.floor(Date.now() / 1000) + off };
      expect(told(await askTokens(host, MACHINE, OWN, tokenProof(key, { nonce, claims })))).toBe('200');
    }
  });

  it('T154 B11: a nonce is good for two steps before and after, and the next is told with the answer', async () => {
    const nonce = await nonceOf(host);
    try {
      for (const minutes of [1, 2, -1, -2]) {
        move(host, minutes * 60);
        const answer = await withNonce(host, nonce);
        expect([minutes, told(answer)]).toEqual([minutes, '200']);
        const next = answer.headers.get('dpop-nonce');
        expect(next).toMatch(NQCHAR);
        expect(next).not.toBe(nonce);
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect((await withNonce(host, next!)).headers.get('dpop-nonce')).toBeNull();
      }
      for (const minutes of [4, -4, 60, 1_440]) {
        move(host, minutes * 60);
        expect([minutes, told(await withNonce(host, nonce))]).toEqual([minutes, '400 use_dpop_nonce']);
      }
    } finally {
      move(host, 0);
    }
  });

  it('RFC 9449 8.2: a guarded route tells the next one as well', async () => {
    const nonce = await nonceOf(host);
    const { body } = await withNonce(host, nonce, key);
    const door = { name: '', method: 'GET', path: doors.REPORTS_PATH, token: body.access_token } as const;
    try {
      move(host, 60);
      const answer = await doors.knock(host, door, [doors.goodProof(key, door, { nonce })]);
      expect(answer.status).toBe(200);
      expect(answer.nonces).toEqual([expect.stringMatching(NQCHAR)]);
      const next = answer.nonces[0]!;
      expect((await doors.knock(host, door, [doors.goodProof(key, door, { nonce: next })])).nonces).toEqual([]);
    } finally {
      move(host, 0);
    }
  });

  it('B13: use_dpop_nonce costs neither code nor refresh token', async () => {
    const grant = await obtainCode(browser, APP, { scope: 'openid offline_access' });
    const first = await redeem(host, APP, grant, key);
    expect(told(first)).toBe('400 use_dpop_nonce');
    const nonce = first.headers.get('dpop-nonce')!;
    const { status, body } = await redeem(host, APP, grant, tokenProof(key, { nonce }));
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
    expect(told(await renew(host, APP, body.refresh_token, key))).toBe('400 use_dpop_nonce');
    expect(told(await renew(host, APP, body.refresh_token, tokenProof(key, { nonce })))).toBe('200');
  });
});

describe('RFC 9449 8: nonces of several nodes and secrets', () => {
  it('B13: use_dpop_nonce costs no assertion', async () => {
    const signing = await clientKey();
    const signer = {
      clientId: 'signer',
      tokenEndpointAuthMethod: 'private_key_jwt' as const,
      clientCredentialsScopes: ['a'],
      metadata: { jwks: { keys: [signing.jwk] } },
    };
    const host = await createTestApp({
      auth: providerOptions({ clients: [signer] }, { clientCredentials: true, dpop: { nonce: 'required' } }),
    });
    try {
      const form = { ...OWN, ...byAssertion(await assertionOf('signer', signing, { aud: TEST_ISSUER })) };
      const key = new DpopKey();
      const first = await askTokens(host, { clientId: 'signer' }, form, key);
      expect(told(first)).toBe('400 use_dpop_nonce');
      const nonce = first.headers.get('dpop-nonce')!;
      expect(told(await askTokens(host, { clientId: 'signer' }, form, tokenProof(key, { nonce })))).toBe('200');
    } finally {
      await host.close();
    }
  });

  it('B11: every node takes the nonces of the others, also while the secret is rotated, and after that no longer', async () => {
    const first = await createTestApp({ auth: auth() });
    const nodes = [
      first,
      await createTestApp({ auth: auth(), databaseUrl: first.databaseUrl }),
      await createTestApp({ auth: auth({ secret: [SECOND_SECRET, TEST_SECRET] }), databaseUrl: first.databaseUrl }),
    ] as const;
    try {
      const [one, other, rotating] = nodes;
      const nonce = await nonceOf(one);
      expect(told(await withNonce(other, nonce))).toBe('200');
      const rotated = await withNonce(rotating, nonce);
      expect(told(rotated)).toBe('200');
      // It tells its own at once, so that clients have one of the new secret when the old one goes.
      const own = rotated.headers.get('dpop-nonce')!;
      expect(own).not.toBe(nonce);
      expect(told(await withNonce(rotating, own))).toBe('200');
      const refused = await withNonce(one, own);
      expect(told(refused)).toBe('400 use_dpop_nonce');
      expect(told(await withNonce(rotating, refused.headers.get('dpop-nonce')!))).toBe('200');
    } finally {
      for (const node of nodes.toReversed()) await node.close();
    }
  });
});
