import { AuthModule, type OAuthProviderOptions } from '../../src/index.js';
import { createTestApp, testOptions, type TestApp } from '../support/app.js';
import { answer, answerIn, ask, CONTINUE, expectErrorPage, handleIn } from '../support/authorization.js';
import { bootError } from '../support/boot-error.js';
import { administer, createClientHost } from '../support/clients.js';
import { send } from '../support/http.js';
import { APP, Navigator, OTHER, providerOptions, tokenRequest, WEB } from '../support/oauth.js';
import { open, push, pushed } from '../support/pushed-requests.js';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

describe('RFC 9126 4: what was taken is judged again when it is opened', () => {
  let host: TestApp;
  let browser: Navigator;
  let client: { clientId: string; clientSecret: string; redirectUris: string[] };
  const [first, second] = ['https://client.example/callback', 'https://client.example/second'];

  beforeAll(async () => {
    host = await createClientHost({}, { resources: [{ resource: 'https://api.example' }] });
  });
  beforeEach(async () => {
    browser = new Navigator(host);
    await browser.signUp();
    const metadata = { redirect_uris: [first, second], scope: 'openid email read:data' };
    const { body } = await administer(host, 'POST', 'oauth-clients', { ...metadata, policy: { skipConsent: true } });
    client = { clientId: body.client_id, clientSecret: body.client_secret, redirectUris: [first, second] };
  });
  afterAll(() => host.close());

  const change = async (body: object) =>
    expect((await administer(host, 'PATCH', `oauth-clients/${client.clientId}`, body)).status).toBe(200);
  const disable = () => administer(host, 'POST', `oauth-clients/${client.clientId}/disable`);

  it('RFC 9126 4: nothing has changed: a code', async () => {
    expect(answerIn(await open(browser, client, await pushed(host, client)), client)).toHaveProperty('code');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['the client was disabled', disable],
    ['the client was deleted', () => administer(host, 'DELETE', `oauth-clients/${client.clientId}`)],
    ['the redirect address was removed', () => change({ redirect_uris: [second] })],
  ])('RFC 9126 4: %s: the error page, and no Location', async (_name, work) => {
    const requestUri = await pushed(host, client);
    await work();
    expectErrorPage(await open(browser, client, requestUri));
    expectErrorPage(await open(new Navigator(host), client, requestUri));
  });

  it.each<[string, Record<string, string>, object, string]>([
    ['a scope was withdrawn', { scope: 'openid email' }, { scope: 'openid read:data' }, 'invalid_scope'],
    ['a resource was', { resource: 'https://api.example' }, { policy: { resources: [] } }, 'invalid_target'],
    ['the grant was', {}, { grant_types: ['client_credentials'], redirect_uris: [first] }, 'unauthorized_client'],
  ])('RFC 9126 4: %s: told to the client, which spends the request', async (_name, asked, after, error) => {
    const requestUri = await pushed(host, client, asked);
    await change(after);
    expect(answerIn(await open(browser, client, requestUri), client)).toMatchObject({ error, state: 'a-state' });
    expectErrorPage(await open(browser, client, requestUri));
  });

  it('RFC 9126 4: also where the user has signed in meanwhile', async () => {
    const stranger = new Navigator(host);
    const handle = handleIn(await open(stranger, client, await pushed(host, client, { scope: 'openid email' })));
    await stranger.signUp();
    await change({ scope: 'openid' });
    expect(answerIn(await stranger.get(`${CONTINUE}?request=${handle}`), client)).toMatchObject({
      error: 'invalid_scope',
    });
  });

  it('RFC 9126 6: a client that its administration makes push is refused plain requests from then on', async () => {
    expect(answerIn(await ask(browser, client), client)).toHaveProperty('code');
    await change({ require_pushed_authorization_requests: true });
    expect(answerIn(await ask(browser, client), client)).toMatchObject({ error: 'invalid_request', state: 'a-state' });
    expect(answerIn(await open(browser, client, await pushed(host, client)), client)).toHaveProperty('code');
  });
});

describe('RFC 9126 5, 6: requests that have to be pushed', () => {
  const MUST = { ...WEB, clientId: 'must', metadata: { require_pushed_authorization_requests: true } };
  const MACHINE = { ...WEB, clientId: 'machine', clientCredentialsScopes: ['read:data'] };
  const TV = { clientId: 'tv', grantTypes: [DEVICE_GRANT] };

  async function on(provider: OAuthProviderOptions, work: (host: TestApp, browser: Navigator) => Promise<void>) {
    const clients = [WEB, APP, OTHER, MUST, MACHINE, TV];
    const auth = providerOptions({ clients, ...provider }, { device: {}, clientCredentials: true });
    const host = await createTestApp({ auth });
    try {
      const browser = new Navigator(host);
      await browser.signUp();
      await work(host, browser);
    } finally {
      await host.close();
    }
  }

  it('RFC 9126 6: by the client: plain requests are invalid_request, redirected only if they may be', () =>
    on({}, async (host, browser) => {
      expect(answerIn(await ask(browser, MUST), MUST)).toMatchObject({ error: 'invalid_request', state: 'a-state' });
      expectErrorPage(await ask(browser, MUST, { redirect_uri: 'https://evil.example/' }));
      expectErrorPage(await ask(browser, MUST, { redirect_uri: undefined }));
      expect((await ask(browser, WEB)).location).toContain('/oauth2/consent?');
      expect((await open(browser, MUST, await pushed(host, MUST))).location).toContain('/oauth2/consent?');
      const { body } = await send(`${host.url}/.well-known/oauth-authorization-server`);
      expect(body.require_pushed_authorization_requests).toBe(false);
    }));

  it('RFC 9126 5: by the server: of every client, and the metadata say so; public clients push as well', () =>
    on({ requirePushedAuthorizationRequests: true }, async (host, browser) => {
      for (const client of [WEB, APP, OTHER]) {
        expect(answerIn(await ask(browser, client), client)).toMatchObject({ error: 'invalid_request' });
        const asked = await open(browser, client, await pushed(host, client));
        expect(answerIn(await answer(browser, handleIn(asked), true), client)).toHaveProperty('code');
      }
      const { body } = await send(`${host.url}/.well-known/oauth-authorization-server`);
      expect(body.require_pushed_authorization_requests).toBe(true);
    }));

  it('RFC 9126 5: a request object, by value or by reference, is no pushed request: refused, and nothing is fetched', () =>
    on({ requirePushedAuthorizationRequests: true, requestObjects: true }, async (_host, browser) => {
      for (const change of [{ request: 'a.b.c' }, { request_uri: 'https://web.example/object' }])
        expect(answerIn(await ask(browser, WEB, change), WEB)).toMatchObject({ error: 'invalid_request' });
    }));

  it('RFC 9126 5: devices and clients that act for themselves are untouched', () =>
    on({ requirePushedAuthorizationRequests: true }, async (host) => {
      const codes = await send(`${host.url}/api/auth/device/code`, { body: { client_id: 'tv' } });
      expect([codes.status, codes.body.user_code]).toEqual([200, expect.any(String)]);
      const { status } = await tokenRequest(host, MACHINE, { grant_type: 'client_credentials', scope: 'read:data' });
      expect(status).toBe(200);
    }));

  it('RFC 9126 6: the member is taken at registration, kept and told; a wrong type is refused', async () => {
    const host = await createClientHost({ dynamicRegistration: 'open' });
    try {
      const register = (value: unknown) =>
        send(`${host.url}/api/auth/oauth2/register`, {
          body: { redirect_uris: [WEB.redirectUris![0]], require_pushed_authorization_requests: value },
        });
      const { status, body } = await register(true);
      expect([status, body.require_pushed_authorization_requests]).toEqual([201, true]);
      expect((await register('yes')).body.error).toBe('invalid_client_metadata');
      const client = { clientId: body.client_id, clientSecret: body.client_secret, redirectUris: body.redirect_uris };
      const browser = new Navigator(host);
      await browser.signUp();
      expect(answerIn(await ask(browser, client), client)).toMatchObject({ error: 'invalid_request' });
      expect((await push(host, client)).status).toBe(201);
    } finally {
      await host.close();
    }
  });

  it.each([
    ['5 seconds', '5s', 5],
    ['599 seconds', 599, 599],
  ] as const)('RFC 9126 2.2: pushedAuthorizationRequestTTL of %s is expires_in', (_name, ttl, seconds) =>
    on({ pushedAuthorizationRequestTTL: ttl }, async (host) => {
      expect((await push(host, WEB)).body.expires_in).toBe(seconds);
    }),
  );

  it.each(['4s', 600] as const)('RFC 9126 2.2: pushedAuthorizationRequestTTL of %s stops the boot', async (ttl) => {
    const auth = testOptions(providerOptions({ pushedAuthorizationRequestTTL: ttl }));
    expect(await bootError(() => [AuthModule.forRoot(auth)])).toMatch(/pushedAuthorizationRequestTTL/);
  });
});
