import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { CLIENT, startIdentityProvider, type IdentityProvider } from '../support/identity-provider.js';
import { atHost, get, locationOf, post, travel, visitProvider } from '../support/travel.js';

describe.each(['express', 'fastify'] as const)('sign-in through a provider on %s', (adapter) => {
  let host: TestApp;
  let idp: IdentityProvider;
  beforeAll(async () => {
    idp = await startIdentityProvider();
    host = await createTestApp({
      adapter,
      auth: {
        allowPrivateNetwork: true,
        accountLinking: { providers: [{ providerId: 'test-idp', issuer: idp.issuer, ...CLIENT }] },
      },
    });
  });
  afterAll(async () => {
    await host.close();
    await idp.close();
  });

  const GENERATIONS = [
    ['sign-in/social', { provider: 'test-idp' }, 'callback'],
    ['sign-in/oauth2', { providerId: 'test-idp' }, 'oauth2/callback'],
  ] as const;

  it.each(GENERATIONS)('200 %s: address with state, nonce and S256, and the cookie', async (route, provider, back) => {
    const browser = new Browser();
    const answer = await post(host, browser, route, { ...provider, callbackURL: '/home', scopes: ['offline_access'] });
    expect(answer.status).toBe(200);
    expect(answer.body.redirect).toBe(true);
    expect(answer.headers.get('location')).toBe(answer.body.url);
    const url = new URL(answer.body.url);
    expect(url.origin + url.pathname).toBe(`${idp.issuer}/auth`);
    const parameters = Object.fromEntries(url.searchParams);
    expect(parameters).toMatchObject({
      client_id: CLIENT.clientId,
      response_type: 'code',
      redirect_uri: `${TEST_ISSUER}/api/auth/${back}/test-idp`,
      code_challenge_method: 'S256',
      scope: 'openid profile email offline_access',
    });
    expect(parameters['state']).toMatch(/^[A-Za-z0-9]{43}$/);
    expect(parameters['nonce']).toMatch(/^[A-Za-z0-9]{43}$/);
    expect(browser.cookies.get('better-auth.state')?.attributes).toMatchObject({ httponly: true, samesite: 'Lax' });
  });

  it.each(GENERATIONS)('302 %s: a new user with a session, then the same user again', async (route, provider, back) => {
    idp.person = `new-${adapter}-${back}`;
    idp.people.set(idp.person, {
      email: ` New.${adapter}.${back.length}@Example.com `,
      email_verified: true,
      name: 'Ada New',
      picture: 'https://example.com/ada.png',
    });
    const first = new Browser();
    const wish = { ...provider, callbackURL: '/home', newUserCallbackURL: '/welcome' };
    const begun = await post(host, first, route, wish);
    const arrived = await travel(host, first, begun.body.url);
    expect([arrived.status, locationOf(arrived), idp.errors]).toEqual([302, '/welcome', []]);
    expect(arrived.headers.get('referrer-policy')).toBe('no-referrer');
    const session = await get(host, first, 'get-session');
    expect(session.body.user).toMatchObject({
      email: `new.${adapter}.${back.length}@example.com`,
      emailVerified: true,
      name: 'Ada New',
      image: 'https://example.com/ada.png',
    });
    const accounts = await get(host, first, 'list-accounts');
    expect(accounts.body).toMatchObject([
      {
        providerId: 'test-idp',
        accountId: idp.person,
        userId: session.body.user.id,
        scopes: ['openid', 'profile', 'email'],
      },
    ]);
    const second = new Browser();
    const again = await travel(host, second, (await post(host, second, route, wish)).body.url);
    expect([again.status, locationOf(again)]).toEqual([302, '/home']);
    expect((await get(host, second, 'get-session')).body.user.id).toBe(session.body.user.id);
  });

  it('200 disableRedirect: the address without Location', async () => {
    const answer = await post(host, new Browser(), 'sign-in/social', { provider: 'test-idp', disableRedirect: true });
    expect(answer.body.redirect).toBe(false);
    expect(answer.headers.get('location')).toBeNull();
  });

  it('303 form_post: the form without cookies becomes the GET form, which signs in', async () => {
    idp.person = `form-${adapter}`;
    idp.people.set(idp.person, { email: `form-${adapter}@example.com`, email_verified: true });
    const browser = new Browser();
    const begun = await post(host, browser, 'sign-in/social', { provider: 'test-idp', callbackURL: '/home' });
    const back = new URL(await visitProvider(begun.body.url));
    const form = await fetch(atHost(host, back.origin + back.pathname), {
      method: 'POST',
      headers: { origin: idp.issuer, 'sec-fetch-site': 'cross-site' },
      body: new URLSearchParams({
        ...Object.fromEntries(back.searchParams),
        user: '{"name":{"firstName":"Ada","lastName":"Lovelace"}}',
      }),
      redirect: 'manual',
    });
    expect(form.status).toBe(303);
    const arrived = await browser.fetch(atHost(host, locationOf(form)));
    expect([arrived.status, locationOf(arrived)]).toEqual([302, '/home']);
    expect((await get(host, browser, 'get-session')).body.user.name).toBe('Ada Lovelace');
  });

  it('404 PROVIDER_NOT_FOUND, 400 PROVIDER_CONFIG_NOT_FOUND: unknown provider', async () => {
    const social = await post(host, new Browser(), 'sign-in/social', { provider: 'nobody' });
    expect([social.status, social.body.code]).toEqual([404, 'PROVIDER_NOT_FOUND']);
    const older = await post(host, new Browser(), 'sign-in/oauth2', { providerId: 'nobody' });
    expect([older.status, older.body.code]).toEqual([400, 'PROVIDER_CONFIG_NOT_FOUND']);
  });

  it('302 the user says no: the error goes to errorCallbackURL', async () => {
    const browser = new Browser();
    const begun = await post(host, browser, 'sign-in/social', {
      provider: 'test-idp',
      errorCallbackURL: '/failed?from=test',
    });
    const state = new URL(begun.body.url).searchParams.get('state')!;
    const query = new URLSearchParams({
      state,
      error: 'access_denied',
      error_description: '<b>no</b>',
      iss: idp.issuer,
    });
    const arrived = await browser.fetch(`${host.url}/api/auth/callback/test-idp?${query}`);
    expect([arrived.status, locationOf(arrived)]).toEqual([
      302,
      '/failed?from=test&error=access_denied&error_description=b+no+%2Fb',
    ]);
  });

  it.each(['/.//evil.example/x', '/a/..//evil.example/x', '/%2e//evil.example/x', '/a/%2E%2e//evil.example/x'])(
    'T069 an error is not told to another host by dots: errorCallbackURL %s',
    async (errorCallbackURL) => {
      const browser = new Browser();
      const begun = await post(host, browser, 'sign-in/social', { provider: 'test-idp', errorCallbackURL });
      // Refused at once would be as good.
      if (begun.status === 400) return;
      const state = new URL(begun.body.url).searchParams.get('state')!;
      const query = new URLSearchParams({ state, error: 'access_denied', iss: idp.issuer });
      const arrived = await browser.fetch(`${host.url}/api/auth/callback/test-idp?${query}`);
      const end = new URL(locationOf(arrived)!, TEST_ISSUER);
      expect([end.origin, end.pathname, end.search]).toEqual([TEST_ISSUER, '//evil.example/x', '?error=access_denied']);
    },
  );
});
