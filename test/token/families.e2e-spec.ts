import { Controller, Get } from '@nestjs/common';
import { BearerAuth } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { exchange, Navigator, obtainCode, providerOptions, tokenRequest, WEB } from '../support/oauth.js';
import { refresh } from '../support/tokens.js';
import { signUp } from '../support/users.js';

@Controller()
class GuardedController {
  @Get('guarded')
  @BearerAuth()
  guarded() {
    return { guarded: true };
  }
}

describe('ADR 18: a token whose family is gone', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({
      auth: providerOptions({ clients: [WEB] }, { cacheTtl: 0 }),
      controllers: [GuardedController],
    });
  });
  afterAll(() => host.close());

  const guarded = async (bearer: string) => (await send(`${host.url}/guarded`, { bearer })).status;
  const loseFamilies = () => host.sql('DELETE FROM auth_token_family');

  it('T036 of a sign-in opens nothing and cannot be refreshed', async () => {
    const user = await signUp(host.url);
    expect(await guarded(user.accessToken)).toBe(200);
    await loseFamilies();
    expect(await host.sql('SELECT count(*)::int AS n FROM auth_token')).not.toEqual([{ n: 0 }]);
    expect(await guarded(user.accessToken)).toBe(401);
    expect((await refresh(host, user.refreshToken)).status).toBe(401);
  });

  it('T088 of a client is inactive, opens nothing and cannot be refreshed', async () => {
    const browser = new Navigator(host);
    await browser.signUp();
    const { body } = await exchange(host, WEB, await obtainCode(browser, WEB, { scope: 'openid offline_access' }));
    const { access_token: token, refresh_token: refreshToken } = body as Record<string, string>;
    const userinfo = async () => (await send(`${host.url}/api/auth/oauth2/userinfo`, { bearer: token! })).status;
    expect(await userinfo()).toBe(200);
    await loseFamilies();
    expect(await userinfo()).toBe(401);
    const answer = await tokenRequest(host, WEB, { grant_type: 'refresh_token', refresh_token: refreshToken! });
    expect([answer.status, answer.body]).toEqual([400, expect.objectContaining({ error: 'invalid_grant' })]);
  });
});
