import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import {
  APP,
  authorize,
  AUTHORIZE,
  authorizeQuery,
  exchange,
  Navigator,
  obtainCode,
  pkce,
  providerOptions,
  tokenRequest,
  WEB,
} from '../support/oauth.js';

describe('connected applications', () => {
  let host: TestApp;
  let browser: Navigator;
  const call = (path: string, options: { method?: string; body?: unknown; as?: Navigator } = {}) =>
    send(`${host.url}/api/auth/${path}`, {
      headers: { cookie: (options.as ?? browser).cookie, origin: TEST_ISSUER },
      ...(options.method && { method: options.method }),
      ...(options.body !== undefined && { body: options.body }),
    });

  beforeAll(async () => {
    host = await createTestApp({ auth: providerOptions() });
  });
  beforeEach(async () => {
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(() => host.close());

  it('200 lists what was granted to whom', async () => {
    await obtainCode(browser, WEB, { scope: 'openid email' });
    await obtainCode(browser, APP, { scope: 'openid' });
    const { body } = await call('oauth2/applications');
    expect(body.applications).toEqual([
      expect.objectContaining({ clientId: 'app', name: 'App', scopes: ['openid'] }),
      expect.objectContaining({ clientId: 'web', name: 'Web', scopes: ['openid', 'email'] }),
    ]);
  });

  it('401 without a session, and for the token of a client', async () => {
    expect((await send(`${host.url}/api/auth/oauth2/applications`)).status).toBe(401);
    const { body } = await exchange(host, WEB, await obtainCode(browser, WEB, { scope: 'openid' }));
    const asClient = await send(`${host.url}/api/auth/oauth2/applications`, { bearer: body.access_token });
    expect(asClient.status).toBe(401);
  });

  it('T084 DELETE ends consent, codes and tokens, offline ones too, of this client alone', async () => {
    const scope = 'openid offline_access read:data';
    const web = await exchange(host, WEB, await obtainCode(browser, WEB, { scope }));
    const app = await exchange(host, APP, await obtainCode(browser, APP, { scope }));
    const pending = await obtainCode(browser, WEB, { scope });
    expect((await call('oauth2/applications/web', { method: 'DELETE' })).body).toEqual({
      success: true,
      withdrawn: true,
    });
    const refresh = (client: typeof WEB, answer: typeof web) =>
      tokenRequest(host, client, { grant_type: 'refresh_token', refresh_token: answer.body.refresh_token });
    expect((await refresh(WEB, web)).body.error).toBe('invalid_grant');
    expect((await refresh(APP, app)).status).toBe(200);
    expect((await exchange(host, WEB, pending)).body.error).toBe('invalid_grant');
    // And the next time the user is asked again.
    const asked = await browser.get(`${AUTHORIZE}?${authorizeQuery(WEB, { scope, code_challenge: pkce().challenge })}`);
    expect(asked.location).toContain('/oauth2/consent?');
    expect((await call('oauth2/applications/web', { method: 'DELETE' })).body.withdrawn).toBe(false);
  });

  it('403 from another site', async () => {
    const answer = await send(`${host.url}/api/auth/oauth2/applications/web`, {
      method: 'DELETE',
      headers: { cookie: browser.cookie, origin: 'https://evil.example' },
    });
    expect(answer.status).toBe(403);
  });

  it('better-auth: get-consents, get-consent, update-consent narrows and never widens, delete-consent', async () => {
    const granted = await exchange(host, WEB, await obtainCode(browser, WEB, { scope: 'openid email offline_access' }));
    const [consent] = (await call('oauth2/get-consents')).body;
    expect(consent).toMatchObject({ clientId: 'web', scopes: ['openid', 'email', 'offline_access'] });
    expect((await call(`oauth2/get-consent?id=${consent.id}`)).body).toEqual(consent);
    const update = (scopes: string[]) =>
      call('oauth2/update-consent', { body: { id: consent.id, update: { scopes } } });
    expect((await update(['openid', 'profile'])).status).toBe(400);
    expect((await update(['openid'])).body.scopes).toEqual(['openid']);
    const refresh = { grant_type: 'refresh_token', refresh_token: granted.body.refresh_token };
    expect((await tokenRequest(host, WEB, refresh)).body.error).toBe('invalid_grant');
    expect((await call('oauth2/delete-consent', { body: { id: consent.id } })).status).toBe(200);
    expect((await call(`oauth2/get-consent?id=${consent.id}`)).status).toBe(404);
  });

  it("404 for somebody else's consent, which stays", async () => {
    await authorize(browser, authorizeQuery(WEB, { code_challenge: pkce().challenge }));
    const [consent] = (await call('oauth2/get-consents')).body;
    const other = new Navigator(host);
    await other.signUp();
    expect((await call(`oauth2/get-consent?id=${consent.id}`, { as: other })).status).toBe(404);
    expect((await call('oauth2/delete-consent', { body: { id: consent.id }, as: other })).status).toBe(404);
    expect((await call('oauth2/get-consents')).body).toHaveLength(1);
  });

  it('T036 a forgotten user leaves no consent and no code', async () => {
    await obtainCode(browser, WEB, { scope: 'openid' });
    const { status } = await call('delete-user', { body: { password: 'correct horse battery' } });
    expect(status).toBe(200);
    const [row] = await host.sql<{ count: string }>(
      `SELECT (SELECT count(*) FROM auth_consent) - (SELECT count(*) FROM auth_consent c JOIN auth_user u ON u.id = c.subject) +
         (SELECT count(*) FROM auth_authorization_code c WHERE NOT EXISTS (SELECT FROM auth_user u WHERE u.id = c.subject)) AS count`,
    );
    expect(Number(row!.count)).toBe(0);
  });
});
