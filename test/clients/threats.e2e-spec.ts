import { createTestApp, type TestApp } from '../support/app.js';
import {
  administer,
  CALLBACK,
  clientCount,
  createClientHost,
  provesItself,
  register,
  SMALLEST,
} from '../support/clients.js';
import { send } from '../support/http.js';
import { providerOptions } from '../support/oauth.js';
import { signUp, type SignedInUser } from '../support/users.js';

const ORIGIN = 'http://localhost:3000';

describe('threats to OAuth clients', () => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createClientHost({ dynamicRegistration: 'authenticated' });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  const ask = (body: unknown) => register(host, body, { bearer: user.token });
  /** Refused so, and nothing is made. */
  async function expectRefused(body: unknown, status: number, error: string, options: object = { bearer: user.token }) {
    const before = await clientCount(host);
    const answer = await register(host, body, options);
    expect([answer.status, answer.body.error]).toEqual([status, error]);
    expect(await clientCount(host)).toBe(before);
  }

  describe('T093 who may register', () => {
    it('T093 off by default: 403 for anybody', async () => {
      const closed = await createTestApp({ auth: providerOptions() });
      try {
        const somebody = await signUp(closed.url);
        const answer = await register(closed, SMALLEST, { bearer: somebody.token });
        expect([answer.status, answer.body.error]).toEqual([403, 'access_denied']);
        expect((await register(closed, SMALLEST)).status).toBe(403);
        const own = { bearer: somebody.token, body: SMALLEST };
        expect((await send(`${closed.url}/api/auth/oauth2/create-client`, own)).status).toBe(403);
        expect(await clientCount(closed)).toBe(0);
      } finally {
        await closed.close();
      }
    });

    it('T093 authenticated: strangers, bad credentials and foreign origins are refused', async () => {
      await expectRefused(SMALLEST, 401, 'invalid_token', {});
      await expectRefused(SMALLEST, 401, 'invalid_token', { bearer: 'nas_unknown' });
      const headers = (origin?: string) => ({ headers: { cookie: user.cookie, ...(origin && { origin }) } });
      await expectRefused(SMALLEST, 403, 'access_denied', headers('https://evil.example'));
      await expectRefused(SMALLEST, 403, 'access_denied', headers());
      expect((await register(host, SMALLEST, headers(ORIGIN))).status).toBe(201);
    });

    it('T093 an initial access token registers as often as it says, counted in the registration itself', async () => {
      const made = await administer(host, 'POST', 'initial-access-tokens', { name: 'partner', uses: 2, expiresIn: 60 });
      expect(made.status).toBe(201);
      const { token, id } = made.body;
      const bearer = { bearer: token };
      await expectRefused({ redirect_uris: ['http://bad.example'] }, 400, 'invalid_redirect_uri', bearer);
      const answers = await Promise.all(Array.from({ length: 8 }, () => register(host, SMALLEST, bearer)));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 401, 401, 401, 401, 401, 401]);
      await expectRefused(SMALLEST, 401, 'invalid_token', bearer);
      await host.sql('UPDATE auth_initial_access_token SET remaining_uses = 9, expires_at = now() WHERE id = $1', [id]);
      await expectRefused(SMALLEST, 401, 'invalid_token', bearer);
    });

    it('T093 an initial access token is nobody: it opens no other route', async () => {
      const { body } = await administer(host, 'POST', 'initial-access-tokens', {});
      expect((await send(`${host.url}/api/auth/oauth2/get-clients`, { bearer: body.token })).status).toBe(401);
      expect((await administer(host, 'DELETE', `initial-access-tokens/${body.id}`)).status).toBe(200);
      await expectRefused(SMALLEST, 401, 'invalid_token', { bearer: body.token });
      expect((await administer(host, 'DELETE', 'initial-access-tokens/x')).status).toBe(404);
    });

    it('T093 open: anybody, unverified, within the quota of the hour and a limit by address', async () => {
      const open = await createClientHost(
        { dynamicRegistration: { mode: 'open', maxOpenPerHour: 3 } },
        { rateLimits: true },
      );
      try {
        const crossSite = { headers: { origin: 'https://spa.example', cookie: 'better-auth.session_token=x' } };
        const first = await register(open, { ...SMALLEST, token_endpoint_auth_method: 'none' }, crossSite);
        expect([first.status, first.body.userId]).toEqual([201, null]);
        const storm = await Promise.all(Array.from({ length: 6 }, () => register(open, SMALLEST)));
        expect(storm.filter(({ status }) => status === 201)).toHaveLength(2);
        expect(storm.filter(({ status }) => status === 429)).toHaveLength(4);
        expect(await clientCount(open)).toBe(3);
        const origins = await open.sql('SELECT DISTINCT registered_by FROM auth_oauth_client');
        expect(origins).toEqual([{ registered_by: 'open' }]);
        const more = await Promise.all(Array.from({ length: 20 }, () => register(open, {})));
        expect(more.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(6);
      } finally {
        await open.close();
      }
    });

    it('T093 a user may have so many clients, also when they ask for all at once', async () => {
      const small = await createClientHost(
        { dynamicRegistration: { mode: 'authenticated', maxPerUser: 2 } },
        { databaseUrl: host.databaseUrl },
      );
      try {
        const greedy = await signUp(small.url);
        const route = `${small.url}/api/auth/oauth2/create-client`;
        const asked = await Promise.all([
          ...Array.from({ length: 4 }, () => register(small, SMALLEST, { bearer: greedy.token })),
          ...Array.from({ length: 4 }, () => send(route, { body: SMALLEST, bearer: greedy.token })),
        ]);
        expect(asked.map(({ status }) => status).sort()).toEqual([201, 201, 403, 403, 403, 403, 403, 403]);
      } finally {
        await small.close();
      }
    });
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'vbscript:x',
    `${CALLBACK}#x`,
    'https://me@client.example/cb',
    'https://*.client.example/cb',
    'http://client.example/cb',
    `${CALLBACK}?code=x`,
  ])('T094 400 invalid_redirect_uri for %s, also among good ones', async (uri) => {
    await expectRefused({ redirect_uris: [CALLBACK, uri] }, 400, 'invalid_redirect_uri');
  });

  it('T094 https on a loopback host is a web redirect', async () => {
    expect((await ask({ redirect_uris: ['https://localhost:8443/cb'] })).status).toBe(201);
  });

  it.each<[string, object]>([
    ['skip_consent', { skip_consent: true }],
    ['first party', { firstParty: true }],
    ['an owner', { user_id: 'somebody' }],
    ['policy', { policy: { skipConsent: true } }],
    ['own scopes', { client_credentials_scopes: ['read:data'] }],
    ['freedom from PKCE', { require_pkce: false }],
    ['client_credentials, confidential', { grant_types: ['client_credentials'], response_types: [] }],
    [
      'client_credentials, public',
      { grant_types: ['authorization_code', 'client_credentials'], token_endpoint_auth_method: 'none' },
    ],
    ['keys twice', { jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'x' }] }, jwks_uri: 'https://client.example/k' }],
    ['an unknown method', { token_endpoint_auth_method: 'magic' }],
    ...['HS384', 'HS512'].map((alg): [string, object] => [
      `an assertion by ${alg}, which is not taken`,
      { token_endpoint_auth_method: 'client_secret_jwt', token_endpoint_auth_signing_alg: alg },
    ]),
    ['a scope that there is not', { scope: 'admin' }],
  ])('T095 400 invalid_client_metadata for %s', async (_what, change) => {
    await expectRefused({ ...SMALLEST, ...change }, 400, 'invalid_client_metadata');
  });

  it.each<[string, object]>([
    ['a scope', { scope: [{ toString: 1, valueOf: 1 }] }],
    ['the type of a key', { jwks: { keys: [{ kty: { toString: 1, valueOf: 1 } }] } }],
  ])('T008 400 for %s that cannot be made a text', async (_what, change) => {
    await expectRefused({ ...SMALLEST, ...change }, 400, 'invalid_client_metadata');
  });

  describe('T097 every write is checked as a whole', () => {
    const BAD: [string, object][] = [
      ['invalid_redirect_uri', { redirect_uris: [CALLBACK, 'javascript:alert(1)'] }],
      ['invalid_client_metadata', { skip_consent: true }],
      ['invalid_client_metadata', { scope: 'admin' }],
      ['invalid_client_metadata', { jwks_uri: 'http://client.example/jwks' }],
      // Good by itself; not beside what there is.
      ['invalid_client_metadata', { grant_types: ['refresh_token'] }],
      ['invalid_client_metadata', { token_endpoint_auth_method: 'private_key_jwt' }],
      ['invalid_client_metadata', { frontchannel_logout_uri: 'https://other.example/out' }],
    ];

    it.each(BAD)('T097 %s for %j: update, PUT and administration', async (error, change) => {
      const { body: made } = await ask(SMALLEST);
      const stored = () =>
        host.sql('SELECT metadata, policy FROM auth_oauth_client WHERE client_id = $1', [made.client_id]);
      const before = await stored();
      const update = { client_id: made.client_id, update: change };
      const own = await send(`${host.url}/api/auth/oauth2/update-client`, { body: update, bearer: user.token });
      expect([own.status, own.body.code]).toEqual([400, error.toUpperCase()]);
      const put = await send(`${host.url}/api/auth/oauth2/register/${made.client_id}`, {
        method: 'PUT',
        body: { client_id: made.client_id, ...SMALLEST, ...change },
        bearer: made.registration_access_token,
      });
      expect([put.status, put.body.error]).toEqual([400, error]);
      if (!('skip_consent' in change)) {
        const admin = await administer(host, 'PATCH', `oauth-clients/${made.client_id}`, change);
        expect([admin.status, admin.body.code]).toEqual([400, error.toUpperCase()]);
      }
      expect(await stored()).toEqual(before);
    });
  });

  it('T098 shown once: no answer, no row and no event holds a secret again', async () => {
    const { body: made } = await ask(SMALLEST);
    const texts = [
      (await send(`${host.url}/api/auth/oauth2/get-client?client_id=${made.client_id}`, { bearer: user.token })).text,
      (await send(`${host.url}/api/auth/oauth2/get-clients`, { bearer: user.token })).text,
      (await administer(host, 'GET', `oauth-clients/${made.client_id}`)).text,
      JSON.stringify(await host.sql('SELECT c::text AS row FROM auth_oauth_client c')),
    ];
    for (const text of texts) {
      expect(text).toContain(made.client_id);
      expect(text).not.toContain(made.client_secret);
      expect(text).not.toContain(made.registration_access_token);
    }
    expect(await provesItself(host, made.client_id, made.client_secret)).toBe(true);
  });
});
