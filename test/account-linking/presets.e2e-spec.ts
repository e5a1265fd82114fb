import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { CLIENT } from '../support/identity-provider.js';
import { accountsOf } from '../support/linking.js';
import { get, locationOf, post } from '../support/travel.js';
import { json, startUpstream, type Upstream } from '../support/provider-upstream.js';

/** What is peculiar to a preset, against a server that behaves as the provider's documentation says. */
describe('presets', () => {
  let host: TestApp;
  let upstream: Upstream;
  const apple = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  beforeAll(async () => {
    upstream = await startUpstream();
    const { origin } = upstream;
    host = await createTestApp({
      auth: {
        allowPrivateNetwork: true,
        accountLinking: {
          providers: [
            {
              providerId: 'apple',
              preset: 'apple',
              issuer: origin,
              clientId: CLIENT.clientId,
              apple: {
                teamId: 'TEAM',
                keyId: 'KEY',
                privateKey: apple.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
              },
            },
            {
              providerId: 'github',
              preset: 'github',
              authorizationUrl: `${origin}/login/oauth/authorize`,
              tokenUrl: `${origin}/github/token`,
              userInfoUrl: `${origin}/user`,
              ...CLIENT,
            },
          ],
        },
      },
    });
  });
  afterAll(async () => {
    await host.close();
    await upstream.close();
  });

  const begin = async (provider: string) => {
    const browser = new Browser();
    const { body } = await post(host, browser, 'sign-in/social', { provider, callbackURL: '/home' });
    return { browser, query: new URL(body.url).searchParams };
  };

  it('Apple: form_post, a client secret that we sign, the name from the form', async () => {
    const { browser, query } = await begin('apple');
    expect([query.get('response_mode'), query.get('scope')]).toEqual(['form_post', 'openid name email']);
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: upstream.origin,
      aud: CLIENT.clientId,
      sub: 'apple-1',
      iat: now,
      exp: now + 300,
      nonce: query.get('nonce'),
    };
    const idToken = await upstream.sign({ ...claims, email: 'ada@privaterelay.example.com', email_verified: 'true' });
    upstream.on('/token', (_request, response) =>
      json(response, {
        access_token: 'at',
        refresh_token: 'rt',
        token_type: 'Bearer',
        expires_in: 3_600,
        id_token: idToken,
      }),
    );
    upstream.on('/userinfo', (_request, response) => json(response, { sub: 'apple-1' }));
    const form = await fetch(`${host.url}/api/auth/callback/apple`, {
      method: 'POST',
      body: new URLSearchParams({
        state: query.get('state')!,
        code: 'c',
        user: '{"name":{"firstName":"Ada","lastName":"Lovelace"}}',
      }),
      redirect: 'manual',
    });
    const back = locationOf(form).replace('http://localhost:3000', host.url);
    expect(locationOf(await browser.fetch(back))).toBe('/home');
    const sent = new URLSearchParams(upstream.requests.findLast(({ path }) => path === '/token')!.body);
    const { payload, protectedHeader } = await jwtVerify(
      sent.get('client_secret')!,
      createPublicKey(apple.publicKey.export({ type: 'spki', format: 'pem' })),
    );
    expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: 'KEY' });
    expect(payload).toMatchObject({ iss: 'TEAM', sub: CLIENT.clientId, aud: 'https://appleid.apple.com' });
    expect(payload.exp! - payload.iat!).toBeLessThanOrEqual(300);
    const { user } = (await get(host, browser, 'get-session')).body;
    expect(user).toMatchObject({ name: 'Ada Lovelace', email: 'ada@privaterelay.example.com', emailVerified: true });
  });

  it('GitHub: scopes with commas, an id that is a number, the verified primary address of the list', async () => {
    upstream.on('/github/token', (_request, response) =>
      json(response, { access_token: 'gho', scope: 'read:user,user:email', token_type: 'bearer' }),
    );
    upstream.on('/user', (_request, response) =>
      json(response, { id: 42, login: 'ada', name: null, email: 'public@example.com' }),
    );
    upstream.on('/user/emails', (_request, response) =>
      json(response, [
        { email: 'other@example.com', primary: false, verified: true },
        { email: 'primary@example.com', primary: true, verified: true },
      ]),
    );
    const { browser, query } = await begin('github');
    const answer = await browser.fetch(`${host.url}/api/auth/callback/github?code=c&state=${query.get('state')}`);
    expect(locationOf(answer)).toBe('/home');
    const { user } = (await get(host, browser, 'get-session')).body;
    expect(user).toMatchObject({ name: 'ada', email: 'primary@example.com', emailVerified: true });
    expect(await accountsOf(host, browser)).toMatchObject([{ accountId: '42', scopes: ['read:user', 'user:email'] }]);
    const rows = await host.sql('SELECT issuer FROM auth_linked_account WHERE account_id = $1', ['42']);
    expect(rows).toEqual([{ issuer: 'https://github.com/login/oauth' }]);
  });

  it('GitHub: an error that comes with status 200 is an error', async () => {
    upstream.on('/github/token', (_request, response) => json(response, { error: 'bad_verification_code' }));
    const { browser, query } = await begin('github');
    const answer = await browser.fetch(`${host.url}/api/auth/callback/github?code=c&state=${query.get('state')}`);
    expect(locationOf(answer)).toContain('error=invalid_code');
  });
});
