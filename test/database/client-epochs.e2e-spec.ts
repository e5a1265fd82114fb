import { Controller, Get } from '@nestjs/common';
import { ClientEpoch1700000000610 } from '../../src/common/migrations/1700000000610-client-epoch.js';
import { BearerAuth, type StaticClientOptions } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import { administer, AdminGuard } from '../support/clients.js';
import { send } from '../support/http.js';
import { refresh } from '../support/tokens.js';
import { signUp, type SignedInUser } from '../support/users.js';

const { MACHINE, RIVAL, WEB, proof, tokensFor } = oauth;
const STOPPED = { ...WEB, clientId: 'stopped' };
const OFFLINE = { scopes: ['email', 'offline_access'] };

@Controller('host')
class HostController {
  @Get('open')
  @BearerAuth()
  open() {
    return {};
  }
}

/** The migration runs on a database in use: down makes the tables as they were, and up meets the rows that older versions wrote. */
describe('T107 the migration that gives families the epoch of their client', () => {
  let host: TestApp;
  let ada: SignedInUser;
  const end = (path: string) => administer(host, 'POST', `oauth-clients/${path}`);
  beforeAll(async () => {
    const auth = { cacheTtl: 0, administration: { guard: new AdminGuard() } };
    const clients = [WEB, RIVAL, STOPPED, MACHINE];
    host = await oauth.createOAuthApp({ clients, controllers: [HostController], auth });
    ada = await signUp(host.url);
  });
  afterAll(() => host.close());

  const opens = async (bearer: string) => (await send(`${host.url}/host/open`, { bearer })).status === 200;
  const refreshes = async (client: StaticClientOptions, token: string) =>
    (await oauth.submit(host, 'oauth2/token', { grant_type: 'refresh_token', refresh_token: token }, proof(client)))
      .status === 200;

  it('T107 what was alive stays, what had ended does not come back', async () => {
    // A client that was stopped once is in its second epoch.
    for (const path of ['rival/disable', 'rival/enable']) expect((await end(path)).status).toBe(200);
    const [web, rival, stopped] = await Promise.all(
      [WEB, RIVAL, STOPPED].map((one) => tokensFor(host, one, ada, OFFLINE)),
    );
    for (const path of ['stopped/disable', 'stopped/enable']) expect((await end(path)).status).toBe(200);
    const own = await oauth.submit(host, 'oauth2/token', { grant_type: 'client_credentials' }, proof(MACHINE));

    const runner = host.dataSource.createQueryRunner();
    await new ClientEpoch1700000000610().down(runner);
    await new ClientEpoch1700000000610().up(runner);
    await runner.release();

    expect(await Promise.all([web!, rival!, stopped!].map((one) => opens(one.access_token)))).toEqual([
      true,
      true,
      false,
    ]);
    expect([await opens(ada.accessToken), (await refresh(host, ada.refreshToken)).status]).toEqual([true, 200]);
    expect([await refreshes(WEB, web!.refresh_token!), await refreshes(RIVAL, rival!.refresh_token!)]).toEqual([
      true,
      true,
    ]);
    expect(await refreshes(STOPPED, stopped!.refresh_token!)).toBe(false);
    // Tables of before cannot hold a token without a family.
    expect(await opens(own.body.access_token)).toBe(false);
  });
});
