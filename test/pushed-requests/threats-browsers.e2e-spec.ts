import { createTestApp, type TestApp } from '../support/app.js';
import { answer, answerIn, CONTINUE, expectErrorPage, handleIn } from '../support/authorization.js';
import { send } from '../support/http.js';
import { APP, Navigator, providerOptions, WEB } from '../support/oauth.js';
import { open, pushed } from '../support/pushed-requests.js';

const OWN = { ...WEB, clientId: 'own', redirectUris: ['https://own.example/cb'], skipConsent: true };

describe('RFC 9126 7: one request_uri in two browsers', () => {
  let host: TestApp;
  let [anna, eve] = [null as unknown as Navigator, null as unknown as Navigator];
  let [annaId, eveId] = ['', ''];
  beforeAll(async () => {
    host = await createTestApp({
      auth: providerOptions({ clients: [WEB, APP, OWN], dynamicRegistration: 'open' }),
    });
  });
  beforeEach(async () => {
    [anna, eve] = [new Navigator(host), new Navigator(host)];
    [annaId, eveId] = [await anna.signUp(), await eve.signUp()];
  });
  afterAll(() => host.close());

  const subjects = async () =>
    (
      await host.sql<{ subject: string }>('SELECT subject FROM auth_authorization_code WHERE subject = ANY($1)', [
        [annaId, eveId],
      ])
    ).map(({ subject }) => subject);

  it('T062: who was asked last answers, in person; whoever was asked before answers nothing', async () => {
    const requestUri = await pushed(host, WEB);
    const handle = handleIn(await open(eve, WEB, requestUri));
    expect(handleIn(await open(anna, WEB, requestUri))).toBe(handle);
    // Eve does not see the question to Anna, and is led to be asked again.
    expect((await eve.get(`/api/auth/oauth2/consent?request=${handle}`)).location).toContain(CONTINUE);
    expectErrorPage(await answer(eve, handle, true), 403);
    expect(await subjects()).toEqual([]);
    expect(answerIn(await answer(anna, handle, true), WEB)).toHaveProperty('code');
    expect(await subjects()).toEqual([annaId]);
  });

  it('T062: a request that another browser opened asks a stranger to sign in, and gives the code of who they are', async () => {
    const requestUri = await pushed(host, OWN);
    const stranger = new Navigator(host);
    expect((await open(stranger, OWN, requestUri)).location).toContain('/sign-in?');
    expect(answerIn(await open(anna, OWN, requestUri), OWN)).toHaveProperty('code');
    expect(await subjects()).toEqual([annaId]);
    // The sign-in page of the first browser still stands; what it leads to is over.
    expectErrorPage(await open(stranger, OWN, requestUri));
  });

  it('T063: answered in one browser it is over in the other, and the client hears one answer', async () => {
    const requestUri = await pushed(host, WEB);
    const handle = handleIn(await open(anna, WEB, requestUri));
    expect(answerIn(await answer(anna, handle, false), WEB)).toMatchObject({ error: 'access_denied' });
    for (const page of [await open(eve, WEB, requestUri), await answer(eve, handle, true)])
      expect([400, 403]).toContain(page.status);
    expect(await subjects()).toEqual([]);
  });

  it('T062: the account that one browser picked is not picked in the other', async () => {
    const requestUri = await pushed(host, OWN, { prompt: 'select_account' });
    const handle = handleIn(await open(eve, OWN, requestUri));
    expect((await open(anna, OWN, requestUri)).location).toContain('select-account');
    const picked = await eve.post('/api/auth/oauth2/select-account', { request: handle, account: eveId });
    expect(picked.status).toBeLessThan(400);
    expectErrorPage(await open(anna, OWN, requestUri));
    expect(await subjects()).toEqual([eveId]);
  });

  it('session fixation: opening sets no cookie, and signs nobody in', async () => {
    const stranger = new Navigator(host);
    const requestUri = await pushed(host, WEB);
    await open(eve, WEB, requestUri);
    const page = await open(stranger, WEB, requestUri);
    expect(page.headers).not.toHaveProperty('set-cookie');
    expect(page.location).toContain('/sign-in?');
    const before = stranger.cookie;
    await open(stranger, WEB, requestUri);
    expect(stranger.cookie).toBe(before);
  });

  it('RFC 9700 4.11.2: an error of a client that registered itself is shown, not followed, while nobody is signed in', async () => {
    const metadata = {
      redirect_uris: ['https://stranger.example/cb'],
      token_endpoint_auth_method: 'none',
      scope: 'openid profile',
    };
    const { body } = await send(`${host.url}/api/auth/oauth2/register`, { body: metadata });
    const client = { clientId: body.client_id, redirectUris: metadata.redirect_uris };
    const requestUri = await pushed(host, client);
    const without = `UPDATE auth_oauth_client SET metadata = metadata || '{"grant_types":["refresh_token"]}' WHERE client_id = $1`;
    await host.sql(without, [client.clientId]);
    const other = await createTestApp({
      databaseUrl: host.databaseUrl,
      auth: providerOptions({ clients: [WEB, APP, OWN], dynamicRegistration: 'open' }),
    });
    try {
      const page = await open(new Navigator(other), client, requestUri);
      expect(page.location).toBeUndefined();
      expect(page.text).toContain('<code>unauthorized_client</code>');
    } finally {
      await other.close();
    }
  });
});
