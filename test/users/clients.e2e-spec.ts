import { UsersService } from '../../src/index.js';
import { admin, createHostWithAdministrators, signedInWith } from '../support/administrators.js';
import type { TestApp } from '../support/app.js';
import { cookiesOf, send } from '../support/http.js';
import {
  APP,
  authorize,
  AUTHORIZE,
  authorizeQuery,
  basic,
  exchange,
  Navigator,
  obtainCode,
  pkce,
  providerOptions,
  WEB,
} from '../support/oauth.js';

const SCOPES = ['openid', 'profile', 'roles', 'offline_access'];

describe('users and their clients', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createHostWithAdministrators({
      ...providerOptions({ scopes: SCOPES, clients: [{ ...WEB, scopes: SCOPES }, APP] }),
      device: {},
    });
  });
  afterAll(() => host?.close());

  const tokensOf = async (browser: Navigator, scope: string) =>
    (await exchange(host, WEB, await obtainCode(browser, WEB, { scope }))).body;
  const userinfo = async (bearer: string) => (await send(`${host.url}/api/auth/oauth2/userinfo`, { bearer })).body;

  it('OIDC Core 5.4 userinfo tells roles to a client with the scope roles, and to no other', async () => {
    const browser = new Navigator(host);
    const id = await browser.signUp();
    await host.sql(`UPDATE auth_user SET roles = '{editor}' WHERE id = $1`, [id]);
    expect((await userinfo((await tokensOf(browser, 'openid roles')).access_token)).roles).toEqual(['editor']);
    expect(await userinfo((await tokensOf(browser, 'openid profile')).access_token)).not.toHaveProperty('roles');
    await host.sql(`UPDATE auth_user SET roles = '{}' WHERE id = $1`, [id]);
    expect(await userinfo((await tokensOf(browser, 'openid roles')).access_token)).not.toHaveProperty('roles');
    const metadata = await send(`${host.url}/api/auth/.well-known/openid-configuration`);
    expect(metadata.body.claims_supported).toContain('roles');
  });

  it('RFC 7662 2.2 a ban is seen by introspection, and ends refresh tokens that outlive the session', async () => {
    const browser = new Navigator(host);
    const id = await browser.signUp();
    const { access_token: token, refresh_token: refreshToken } = await tokensOf(browser, 'openid offline_access');
    const headers = basic(WEB.clientId, WEB.clientSecret!);
    const active = async (one: string) =>
      (await send(`${host.url}/api/auth/oauth2/introspect`, { headers, body: new URLSearchParams({ token: one }) }))
        .body.active;
    expect([await active(token), await active(refreshToken)]).toEqual([true, true]);
    const administrator = await signedInWith(host, 'admin');
    expect((await admin(host, 'ban-user', administrator.token, { userId: id })).status).toBe(200);
    expect([await active(token), await active(refreshToken)]).toEqual([false, false]);
  });

  it('T131 RFC 6749 4.1.2.1 access_denied for an authorization request by who acts as the user, 403 for a device, also where the user has consented before', async () => {
    const browser = new Navigator(host);
    const id = await browser.signUp();
    const query = () => authorizeQuery(APP, { scope: 'openid', code_challenge: pkce().challenge });
    expect((await authorize(browser, query())).searchParams.get('code')).not.toBeNull();
    const administrator = await signedInWith(host, 'admin');
    const begun = await admin(host, 'impersonate-user', administrator.token, { userId: id });
    const headers = { cookie: cookiesOf(begun), accept: 'text/html' };
    const refused = await send(`${host.url}${AUTHORIZE}?${query()}`, { headers });
    const { searchParams } = new URL(refused.headers.get('location')!);
    expect([searchParams.get('error'), searchParams.get('code')]).toEqual(['access_denied', null]);
    const device = await send(`${host.url}/api/auth/device/approve`, {
      bearer: begun.body.session.token,
      body: { userCode: 'BCDF-GHJK' },
    });
    expect(device).toMatchObject({ status: 403 });
    const page = await send(`${host.url}/device`, {
      headers: { ...headers, origin: 'http://localhost:3000' },
      body: new URLSearchParams({ user_code: 'BCDF-GHJK' }),
    });
    expect(page.status).toBe(403);
    expect(await host.app.get(UsersService).find(id)).not.toBeNull();
  });
});
