import { ConsentsService } from '../../src/index.js';
import { ask } from '../support/authorization.js';
import { administer, createClientHost } from '../support/clients.js';
import { send } from '../support/http.js';
import { APP, exchange, Navigator, obtainCode, providerOptions, tokenRequest, WEB } from '../support/oauth.js';
import { createTestApp, type TestApp } from '../support/app.js';

const SCOPE = 'openid offline_access read:data';

describe.each(['express', 'fastify'] as const)('what users have granted, for administration on %s', (adapter) => {
  let host: TestApp;
  let browser: Navigator;
  let userId: string;
  beforeAll(async () => {
    host = await createClientHost({}, { adapter });
  });
  beforeEach(async () => {
    browser = new Navigator(host);
    userId = await browser.signUp();
  });
  afterAll(() => host.close());

  const at = (clientId = '') => `users/${userId}/applications${clientId && `/${clientId}`}`;
  const grantTo = async (client: typeof WEB) =>
    (await exchange(host, client, await obtainCode(browser, client, { scope: SCOPE }))).body;

  it('T140 200 lists what each client may do', async () => {
    await grantTo(WEB);
    const { status, body } = await administer(host, 'GET', at());
    expect([status, body.applications]).toEqual([
      200,
      [expect.objectContaining({ clientId: 'web', name: 'Web', scopes: SCOPE.split(' ') })],
    ]);
  });

  it('T140 DELETE ends consent, codes and tokens of this user and client alone', async () => {
    const web = await grantTo(WEB);
    const app = await grantTo(APP);
    const code = await obtainCode(browser, WEB, { scope: SCOPE });
    const other = new Navigator(host);
    await other.signUp();
    const theirs = (await exchange(host, WEB, await obtainCode(other, WEB, { scope: SCOPE }))).body;
    expect((await administer(host, 'DELETE', at('web'))).body).toEqual({ success: true, withdrawn: true });
    const refresh = async (client: typeof WEB, refresh_token: string) =>
      (await tokenRequest(host, client, { grant_type: 'refresh_token', refresh_token })).status;
    expect(await refresh(WEB, web.refresh_token)).toBe(400);
    expect((await exchange(host, WEB, code)).status).toBe(400);
    expect([await refresh(APP, app.refresh_token), await refresh(WEB, theirs.refresh_token)]).toEqual([200, 200]);
    // They are asked again.
    expect((await ask(browser, WEB, { scope: SCOPE })).location).toContain('/oauth2/consent?');
    expect((await administer(host, 'DELETE', at('web'))).body).toEqual({ success: true, withdrawn: false });
  });

  it('T140 unknown users and clients, and odd ids: nothing, and no fault', async () => {
    const before = await host.sql('SELECT count(*) FROM auth_subject');
    const nothing = { 400: true, 404: true, 414: true };
    for (const id of ['nobody', '%00', '%F0%9F%98%80', 'x'.repeat(300), '..%2Fx']) {
      const list = await administer(host, 'GET', `users/${id}/applications`);
      const withdrawal = await administer(host, 'DELETE', `users/${id}/applications/web`);
      for (const { status } of [list, withdrawal]) expect(nothing).toHaveProperty(String(status));
    }
    expect((await administer(host, 'DELETE', at('nobody'))).body).toEqual({ success: true, withdrawn: false });
    expect(await host.sql('SELECT count(*) FROM auth_subject')).toEqual(before);
  });

  it('T140 only for administrators, and not there without administration', async () => {
    await grantTo(WEB);
    for (const method of ['GET', 'DELETE']) {
      const url = `${host.url}/api/auth/admin/${at(method === 'GET' ? '' : 'web')}`;
      const answers = [await send(url, { method }), await send(url, { method, headers: { cookie: browser.cookie } })];
      for (const { status } of answers) expect([401, 403]).toContain(status);
    }
    expect(await host.app.get(ConsentsService).applications(userId)).toHaveLength(1);
    const off = await createTestApp({ adapter, auth: providerOptions() });
    try {
      expect((await administer(off, 'GET', at())).status).toBe(404);
    } finally {
      await off.close();
    }
  });
});
