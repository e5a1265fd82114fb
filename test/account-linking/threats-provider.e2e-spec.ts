import type { ServerResponse } from 'node:http';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { CLIENT } from '../support/identity-provider.js';
import { userIdOf } from '../support/linking.js';
import { locationOf, post } from '../support/travel.js';
import { json, metadataOf, startUpstream, type Upstream } from '../support/provider-upstream.js';

const without = (record: Record<string, unknown>, name: string) => ({ ...record, [name]: undefined });
const ERROR = `${TEST_ISSUER}/api/auth/error?error=`;

describe('T115 what a provider says is verified', () => {
  let host: TestApp;
  let upstream: Upstream;
  let plain: Upstream;
  beforeAll(async () => {
    upstream = await startUpstream();
    plain = await startUpstream();
    const { origin } = plain;
    host = await createTestApp({
      auth: {
        allowPrivateNetwork: true,
        accountLinking: {
          requestTimeout: '1s',
          providers: [
            { providerId: 'oidc', issuer: upstream.origin, ...CLIENT },
            {
              providerId: 'plain',
              authorizationUrl: `${origin}/authorize`,
              tokenUrl: `${origin}/token`,
              userInfoUrl: `${origin}/userinfo`,
              ...CLIENT,
            },
            {
              providerId: 'strict',
              issuer: upstream.origin,
              requireIssuer: true,
              ...CLIENT,
            },
          ],
        },
      },
    });
    plain.on('/token', (_request, response) => json(response, { access_token: 'at', token_type: 'bearer' }));
    plain.on('/userinfo', (_request, response) => json(response, { id: 7, email: 'plain@example.com', name: 'Plain' }));
  });
  afterAll(async () => {
    await host.close();
    await Promise.all([upstream.close(), plain.close()]);
  });

  const begin = async (provider: string) => {
    const browser = new Browser();
    const { body } = await post(host, browser, 'sign-in/social', { provider, callbackURL: '/home' });
    const query = new URL(body.url).searchParams;
    return { browser, state: query.get('state')!, nonce: query.get('nonce'), query };
  };
  const arrive = (browser: Browser, provider: string, query: Record<string, string>) =>
    browser.fetch(`${host.url}/api/auth/callback/${provider}?${new URLSearchParams(query)}`);
  const now = () => Math.floor(Date.now() / 1000);
  let subject = 0;
  const goodClaims = (nonce: string | null) => ({
    iss: upstream.origin,
    aud: CLIENT.clientId,
    sub: `subject-${++subject}`,
    iat: now(),
    exp: now() + 300,
    nonce,
    email: `subject-${subject}@example.com`,
    email_verified: true,
    name: 'Ada',
  });
  /** One sign-in whose token answer is made by the test. */
  const signIn = async (answer: (response: ServerResponse, nonce: string | null) => unknown, provider = 'oidc') => {
    const { browser, state, nonce } = await begin(provider);
    (provider === 'plain' ? plain : upstream).on('/token', (_request, response) => void answer(response, nonce));
    const response = await arrive(browser, provider, { code: 'good', state, iss: upstream.origin });
    return { location: locationOf(response), user: await userIdOf(host, browser) };
  };
  const withToken =
    (change: (claims: Record<string, unknown>) => void, options: { forged?: boolean } = {}) =>
    async (response: ServerResponse, nonce: string | null) => {
      const claims: Record<string, unknown> = goodClaims(nonce);
      change(claims);
      json(response, { access_token: 'at', token_type: 'Bearer', id_token: await upstream.sign(claims, options) });
    };

  it('scopes that are none are left out, and are no fault of ours', async () => {
    const odd = async (response: ServerResponse, nonce: string | null) => {
      const idToken = await upstream.sign(goodClaims(nonce));
      json(response, { access_token: 'at', token_type: 'Bearer', id_token: idToken, scope: 'openid "b" \0c' });
    };
    expect((await signIn(odd)).location).toBe('/home');
    const [row] = await host.sql('SELECT scopes FROM auth_linked_account ORDER BY created_at DESC LIMIT 1');
    expect(row).toEqual({ scopes: ['openid'] });
  });

  it('T115 a good ID token signs in: the faults below are what is refused', async () => {
    const { location, user } = await signIn(withToken(() => undefined));
    expect(location).toBe('/home');
    expect(user).not.toBeNull();
  });

  it.each<[string, ReturnType<typeof withToken>]>([
    ['signature of another key', withToken(() => undefined, { forged: true })],
    ['iss', withToken((claims) => (claims['iss'] = 'https://evil.example'))],
    ['aud', withToken((claims) => (claims['aud'] = 'somebody-else'))],
    ['aud of several without azp', withToken((claims) => (claims['aud'] = [CLIENT.clientId, 'somebody-else']))],
    ['nonce of another trip', withToken((claims) => (claims['nonce'] = 'another'))],
    ['nonce missing', withToken((claims) => delete claims['nonce'])],
    ['exp in the past', withToken((claims) => (claims['exp'] = now() - 120))],
    ['sub missing', withToken((claims) => delete claims['sub'])],
  ])('T115 ID token refused: %s', async (_fault, answer) => {
    expect(await signIn(answer)).toEqual({ location: `${ERROR}invalid_code`, user: null });
  });

  it.each<[string, (response: ServerResponse, nonce: string | null) => unknown]>([
    ['no ID token', (response) => json(response, { access_token: 'at', token_type: 'Bearer' })],
    [
      'alg none',
      async (response, nonce) => {
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
        const token = `${part({ alg: 'none' })}.${part(goodClaims(nonce))}.`;
        json(response, { access_token: 'at', token_type: 'Bearer', id_token: token });
      },
    ],
    ['no JSON', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>secret</html>')],
    ['an OAuth error', (response) => json(response, { error: 'invalid_grant', error_description: 'secret' }, 400)],
  ])('T115 token answer refused: %s', async (_fault, answer) => {
    expect(await signIn(answer)).toEqual({ location: `${ERROR}invalid_code`, user: null });
  });

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['500', (response) => response.writeHead(500).end('secret')],
    ['429', (response) => json(response, { error: 'slow_down' }, 429)],
    ['hangs', () => undefined],
    ['hangs in the body', (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{')],
    [
      'huge',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'x'.repeat(1_000_000)}"`),
    ],
    ['closes the connection', (response) => response.destroy()],
  ])('T109 provider_unavailable, no session: the token endpoint answers %s', async (_fault, answer) => {
    expect(await signIn(answer)).toEqual({ location: `${ERROR}provider_unavailable`, user: null });
  });

  it('T115 iss of the response: a wrong one is refused, a missing one where it must be there (RFC 9207)', async () => {
    const wrong = await begin('oidc');
    upstream.on('/token', (_request, response) => withToken(() => undefined)(response, wrong.nonce));
    const before = upstream.requests.filter(({ path }) => path === '/token').length;
    const answer = await arrive(wrong.browser, 'oidc', {
      code: 'good',
      state: wrong.state,
      iss: 'https://evil.example',
    });
    expect(locationOf(answer)).toBe(`${ERROR}issuer_mismatch`);
    const missing = await begin('strict');
    const second = await arrive(missing.browser, 'strict', { code: 'good', state: missing.state });
    expect(locationOf(second)).toBe(`${ERROR}issuer_mismatch`);
    expect(upstream.requests.filter(({ path }) => path === '/token')).toHaveLength(before);
  });

  it.each<[string, (origin: string) => Record<string, unknown>]>([
    ['of another issuer', () => metadataOf(upstream.origin)],
    ['without an authorization endpoint', (origin) => without(metadataOf(origin), 'authorization_endpoint')],
    ['with one that is no text', (origin) => ({ ...metadataOf(origin), authorization_endpoint: 5 })],
    ['with one that is a script', (origin) => ({ ...metadataOf(origin), authorization_endpoint: 'javascript:x' })],
    ['with one in the clear', (origin) => ({ ...metadataOf(origin), authorization_endpoint: 'http://x.example/a' })],
  ])('T115 metadata %s is refused: 502 PROVIDER_UNAVAILABLE', async (_fault, metadata) => {
    const liar = await startUpstream();
    liar.on('/.well-known/openid-configuration', (_request, response) => json(response, metadata(liar.origin)));
    const other = await createTestApp({
      auth: {
        allowPrivateNetwork: true,
        accountLinking: { providers: [{ providerId: 'liar', issuer: liar.origin, ...CLIENT }] },
      },
    });
    const { status, body } = await post(other, new Browser(), 'sign-in/social', { provider: 'liar' });
    expect([status, body.code]).toEqual([502, 'PROVIDER_UNAVAILABLE']);
    await other.close();
    await liar.close();
  });

  it('T096 a provider in a private network is not called unless the host allows it', async () => {
    const closed = await createTestApp({
      auth: { accountLinking: { providers: [{ providerId: 'oidc', issuer: upstream.origin, ...CLIENT }] } },
    });
    const before = upstream.requests.length;
    const { status, body } = await post(closed, new Browser(), 'sign-in/social', { provider: 'oidc' });
    expect([status, body.code]).toEqual([502, 'PROVIDER_UNAVAILABLE']);
    expect(upstream.requests).toHaveLength(before);
    await closed.close();
  });

  describe('plain OAuth 2', () => {
    it('200 code, verifier and secret go to the token endpoint; the profile comes from userinfo', async () => {
      const { browser, state, query } = await begin('plain');
      expect(query.get('nonce')).toBeNull();
      expect(query.get('code_challenge_method')).toBe('S256');
      expect(locationOf(await arrive(browser, 'plain', { code: 'good', state }))).toBe('/home');
      const sent = new URLSearchParams(plain.requests.findLast(({ path }) => path === '/token')!.body);
      expect(Object.fromEntries(sent)).toMatchObject({
        code: 'good',
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
      });
      expect(sent.get('code_verifier')).toMatch(/^[A-Za-z0-9]{43}$/);
      expect(plain.requests.at(-1)).toMatchObject({ path: '/userinfo', authorization: 'Bearer at' });
      const rows = await host.sql('SELECT issuer, account_id FROM auth_linked_account WHERE provider_id = $1', [
        'plain',
      ]);
      expect(rows).toEqual([{ issuer: plain.origin, account_id: '7' }]);
    });

    it.each([[{}], [{ id: '' }], [{ id: 1.5 }], [{ id: {} }], [[]], ['text'], [null]])(
      'T113 userinfo %j names nobody: refused',
      async (claims) => {
        plain.on('/userinfo', (_request, response) => json(response, claims));
        const { browser, state } = await begin('plain');
        expect(locationOf(await arrive(browser, 'plain', { code: 'good', state }))).toBe(
          `${ERROR}unable_to_get_user_info`,
        );
      },
    );

    it('400 email_not_found; the code of the older route is its own', async () => {
      plain.on('/userinfo', (_request, response) => json(response, { id: 'no-address' }));
      const { browser, state } = await begin('plain');
      expect(locationOf(await arrive(browser, 'plain', { code: 'good', state }))).toBe(`${ERROR}email_not_found`);
      const older = new Browser();
      const { body } = await post(host, older, 'sign-in/oauth2', { providerId: 'plain' });
      const olderState = new URL(body.url).searchParams.get('state')!;
      const answer = await older.fetch(`${host.url}/api/auth/oauth2/callback/plain?code=good&state=${olderState}`);
      expect(locationOf(answer)).toBe(`${ERROR}email_is_missing`);
    });
  });
});
