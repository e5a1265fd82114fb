import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { sweep } from '../support/sweep.js';
import { exchange, Navigator, obtainCode, providerOptions, tokenRequest, WEB } from '../support/oauth.js';
import { signUp } from '../support/users.js';

describe('F10: what rotations of refresh tokens leave behind', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ auth: { rateLimits: true } });
  });
  afterAll(() => host.close());

  const refresh = (refreshToken: string) => send(`${host.url}/api/auth/token/refresh`, { body: { refreshToken } });
  const sealed = async () =>
    (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_token WHERE successor IS NOT NULL'))[0]!.n;
  const pass = () => host.sql(`UPDATE auth_token SET consumed_at = consumed_at - interval '11 seconds'`);

  it('sealed successors go with the next rotation after their window, and by the sweeper', async () => {
    const user = await signUp(host.url);
    const first = await refresh(user.refreshToken);
    // Inside the window a repeat gets them.
    expect((await refresh(user.refreshToken)).body.refreshToken).toBe(first.body.refreshToken);
    expect(await sealed()).toBe(1);
    await pass();
    const second = await refresh(first.body.refreshToken);
    expect(second.status).toBe(200);
    expect(await sealed()).toBe(1);
    await pass();
    await sweep(host);
    expect(await sealed()).toBe(0);
    // What was rotated long ago is still known: its return ends the family (RFC 9700 4.14.2).
    expect((await refresh(user.refreshToken)).status).toBe(401);
    expect((await refresh(second.body.refreshToken)).status).toBe(401);
  });

  it('60 a minute in one family, then 429 with Retry-After; nothing is spent, and another family is served', async () => {
    const user = await signUp(host.url);
    let token = user.refreshToken;
    for (let count = 0; count < 60; count++) token = (await refresh(token)).body.refreshToken;
    const refused = await refresh(token);
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, 60]);
    expect((await refresh((await signUp(host.url)).refreshToken)).status).toBe(200);
    await host.sql(`UPDATE auth_token SET created_at = created_at - interval '1 minute'`);
    expect((await refresh(token)).status).toBe(200);
  });
});

describe('F10: rotations of clients', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ auth: providerOptions({}, { rateLimits: true }) });
  });
  afterAll(() => host.close());

  it('RFC 6749 6 above the bound a request for more than was granted is told so, any other gets 429, and the token lives', async () => {
    const browser = new Navigator(host);
    await browser.signUp();
    const scope = 'openid offline_access';
    let { refresh_token: token } = (await exchange(host, WEB, await obtainCode(browser, WEB, { scope }))).body;
    const refresh = (change: Record<string, string> = {}) =>
      tokenRequest(host, WEB, { grant_type: 'refresh_token', refresh_token: token, ...change });
    for (let count = 0; count < 60; count++) token = (await refresh()).body.refresh_token;
    const wider = await refresh({ scope: 'openid email' });
    expect([wider.status, wider.body.error]).toEqual([400, 'invalid_scope']);
    const elsewhere = await refresh({ resource: 'https://api.example' });
    expect([elsewhere.status, elsewhere.body.error]).toEqual([400, 'invalid_target']);
    expect((await refresh()).status).toBe(429);
    await host.sql(`UPDATE auth_token SET created_at = created_at - interval '1 minute'`);
    expect((await refresh()).status).toBe(200);
  });
});
