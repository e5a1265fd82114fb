import type { AccountLinkingOptions } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { CLIENT } from '../support/identity-provider.js';
import { userIdOf } from '../support/linking.js';
import { locationOf, post } from '../support/travel.js';
import { json, metadataOf, startUpstream, type Upstream } from '../support/provider-upstream.js';

type Json = Record<string, unknown>;

describe('F25 answers of providers that are odd', () => {
  let host: TestApp;
  let oidc: Upstream;
  let plain: Upstream;
  const said: string[] = [];
  let count = 0;

  const boot = (more: Partial<AccountLinkingOptions> = {}) => {
    const { origin } = plain;
    const addresses = {
      authorizationUrl: `${origin}/authorize`,
      tokenUrl: `${origin}/token`,
      userInfoUrl: `${origin}/userinfo`,
    };
    const providers = [
      { providerId: 'oidc', issuer: oidc.origin, ...CLIENT },
      { providerId: 'plain', ...addresses, scopes: ['asked'], ...CLIENT },
    ];
    return createTestApp({ auth: { allowPrivateNetwork: true, accountLinking: { providers, ...more } } });
  };
  const listen = (app: TestApp) => {
    // Not that the test's own address is no issuer's.
    const keep = (text: string) => void (text.startsWith('issuer:') || said.push(text));
    app.app.useLogger({ log: () => undefined, debug: () => undefined, error: keep, warn: keep });
  };

  beforeAll(async () => {
    [oidc, plain] = await Promise.all([startUpstream(), startUpstream()]);
    host = await boot();
    listen(host);
  });
  afterAll(async () => {
    await host.close();
    await Promise.all([oidc.close(), plain.close()]);
  });
  beforeEach(() => {
    said.length = 0;
    count++;
    oidc.on('/.well-known/openid-configuration', (_, response) => json(response, metadataOf(oidc.origin)));
    plain.on('/userinfo', (_, response) => json(response, { id: count, email: `p${count}@example.com`, name: null }));
  });

  /** A sign-in whose token answer is made of these members. @returns where it ends, and who is signed in */
  async function signIn(provider: string, members: Json, claims: Json = {}, app = host) {
    const browser = new Browser();
    const { body } = await post(app, browser, 'sign-in/social', { provider, callbackURL: '/home' });
    const query = new URL(body.url).searchParams;
    (provider === 'plain' ? plain : oidc).on('/token', async (_, response) => {
      const now = Math.floor(Date.now() / 1000);
      const identity = { iss: oidc.origin, aud: CLIENT.clientId, sub: `s${count}`, iat: now, exp: now + 300 };
      const person = { nonce: query.get('nonce'), email: `o${count}@example.com`, name: 'Ada', ...claims };
      const idToken = provider === 'plain' ? undefined : await oidc.sign({ ...identity, ...person });
      json(response, { access_token: 'at', token_type: 'Bearer', id_token: idToken, ...members });
    });
    const parameters = new URLSearchParams({ code: 'good', state: query.get('state')! });
    const answer = await browser.fetch(`${app.url}/api/auth/callback/${provider}?${parameters}`);
    return { location: locationOf(answer), user: await userIdOf(app, browser) };
  }
  const scopes = async () =>
    (
      await host.sql<{ scopes: string[] }>('SELECT scopes FROM auth_linked_account ORDER BY created_at DESC LIMIT 1')
    )[0]!.scopes;

  it.each<[string, Json, string[]]>([
    ['no token_type (LinkedIn, Shopify, Instagram)', { token_type: undefined }, ['asked']],
    ['token_type null', { token_type: null }, ['asked']],
    ['BearerToken', { token_type: 'BearerToken' }, ['asked']],
    ['a list of scopes (Twitch)', { scope: ['user:read', 'chat:read'] }, ['user:read', 'chat:read']],
    ['scope null', { scope: null }, ['asked']],
    ['refresh_token null', { refresh_token: null }, ['asked']],
    ['an empty refresh_token', { refresh_token: '' }, ['asked']],
    ['expires_in as a text', { expires_in: '3600' }, ['asked']],
    ['expires_in null', { expires_in: null }, ['asked']],
    ['all of it', { token_type: null, scope: ['a'], refresh_token: null, expires_in: '1', id_token: null }, ['a']],
  ])('F25 RFC 6749 5.1 plain OAuth 2, %s: signed in, nothing to say', async (_, members, granted) => {
    const { location, user } = await signIn('plain', members);
    expect([location, user]).toEqual(['/home', expect.any(String)]);
    expect(await scopes()).toEqual(granted);
    expect(said).toEqual([]);
  });

  it.each<[string, Json]>([
    ['no token_type', { token_type: undefined }],
    ['a list of scopes', { scope: ['openid', 'email'] }],
    ['refresh_token null, expires_in as a text', { refresh_token: null, expires_in: '3600' }],
  ])('F25 OpenID Connect, %s: signed in', async (_, members) => {
    expect(await signIn('oidc', members)).toEqual({ location: '/home', user: expect.any(String) });
  });

  it.each<[string, Json]>([
    ['scope', { scope: { a: 1 } }],
    ['refresh_token', { refresh_token: 5 }],
    ['expires_in', { expires_in: 'soon' }],
  ])('F25 %s that cannot be read counts as absent, and a WARN names provider and member, once', async (member, odd) => {
    for (let twice = 0; twice < 2; twice++) expect((await signIn('plain', odd)).location).toBe('/home');
    expect(said).toEqual([`provider "plain": "${member}" of its token answer cannot be read`]);
  });

  it.each<[string, Json]>([
    ['access_token', { access_token: null }],
    ['token_type', { token_type: 'mac' }],
  ])('F25 a sign-in that fails for %s says so in the log, without a value', async (member, odd) => {
    const { location, user } = await signIn('plain', { ...odd, secret: 'hidden' });
    expect([location, user]).toEqual([`${TEST_ISSUER}/api/auth/error?error=invalid_code`, null]);
    const lines = said.filter((line) => line.includes('"plain"') && line.includes(member));
    expect(lines).not.toEqual([]);
    expect(said.join()).not.toContain('hidden');
  });

  it('F25 a no with 200 is a no (GitHub)', async () => {
    const members = { access_token: undefined, error: 'bad_verification_code', error_description: 'hidden' };
    const { location } = await signIn('plain', members);
    expect(location).toBe(`${TEST_ISSUER}/api/auth/error?error=invalid_code`);
    expect(said).toEqual([]);
  });

  it.each<[string, string, string]>([
    ['JSON as text/html', 'text/html', '{"access_token":"at"}'],
    ['a form', 'application/x-www-form-urlencoded', 'access_token=at&scope=a%2Cb&token_type=bearer'],
  ])('F25 the token answer is %s: signed in', async (_, type, text) => {
    const browser = new Browser();
    const { body } = await post(host, browser, 'sign-in/social', { provider: 'plain', callbackURL: '/home' });
    plain.on('/token', (_request, response) => void response.writeHead(201, { 'content-type': type }).end(text));
    const state = new URL(body.url).searchParams.get('state')!;
    const answer = await browser.fetch(`${host.url}/api/auth/callback/plain?code=good&state=${state}`);
    expect(locationOf(answer)).toBe('/home');
  });

  it.each([
    ['auth_time', { auth_time: 'a while ago' }],
    ['auth_time', { auth_time: null }],
    ['iat', { iat: 'now' }],
  ])('F25: an ID token whose %s is wrong is refused, and the log names provider and member', async (member, claims) => {
    const { location, user } = await signIn('oidc', {}, claims);
    expect([location, user]).toEqual([`${TEST_ISSUER}/api/auth/error?error=invalid_code`, null]);
    expect(said.filter((line) => line.includes('provider "oidc"') && line.includes(`"${member}"`))).toHaveLength(1);
    expect(said.join()).not.toContain('a while ago');
  });

  it('F25 claims that are null are absent: userinfo completes them, with a sub that is a number', async () => {
    oidc.on('/userinfo', (_, response) => json(response, { sub: 900, email: 'told@example.com', name: null }));
    const { user } = await signIn('oidc', {}, { sub: '900', email: null, name: null });
    expect(await host.sql('SELECT email FROM auth_user WHERE id = $1', [user])).toEqual([
      { email: 'told@example.com' },
    ]);
  });

  it('F25 metadata with null and with a text for a list (OpenID Connect Discovery 3)', async () => {
    const odd = { end_session_endpoint: null, token_endpoint_auth_methods_supported: 'client_secret_post' };
    const text = JSON.stringify({ ...metadataOf(oidc.origin), ...odd });
    oidc.on(
      '/.well-known/openid-configuration',
      (_, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end(text),
    );
    const other = await boot();
    try {
      expect((await signIn('oidc', {}, {}, other)).location).toBe('/home');
      expect(oidc.requests.findLast(({ path }) => path === '/token')!.body).toContain('client_secret=');
    } finally {
      await other.close();
    }
  });

  it('F25 normaliseTokenAnswer makes of an answer what it means, and one that throws is told of', async () => {
    const other = await boot({
      normaliseTokenAnswer: (provider, { data, ...rest }) => {
        if (data === 'broken') throw new RangeError('hidden');
        return provider === 'plain' ? { ...rest, ...(data as Json) } : rest;
      },
    });
    listen(other);
    try {
      const nested = { access_token: undefined, token_type: undefined, data: { access_token: 'inner', scope: ['x'] } };
      expect((await signIn('plain', nested, {}, other)).location).toBe('/home');
      expect(plain.requests.findLast(({ path }) => path === '/userinfo')!.authorization).toBe('Bearer inner');
      expect((await signIn('plain', { data: 'broken' }, {}, other)).location).toContain('error=invalid_code');
      expect(said.join()).toContain('provider "plain": normaliseTokenAnswer threw RangeError');
      expect(said.join()).not.toContain('hidden');
    } finally {
      await other.close();
    }
  });

  it('F25 normaliseTokenAnswer that is no function stops the boot', async () => {
    const wrong = 'yes' as unknown as NonNullable<AccountLinkingOptions['normaliseTokenAnswer']>;
    await expect(boot({ normaliseTokenAnswer: wrong })).rejects.toThrow(
      'accountLinking.normaliseTokenAnswer: it is a text. Give a function.',
    );
  });
});
