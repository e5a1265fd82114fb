import { Controller, Get } from '@nestjs/common';
import { decodeProtectedHeader } from 'jose';
import { BearerAuth, SigningKeys, type AuthOptions } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startDeafProxy, type DeafProxy } from '../support/deaf-proxy.js';
import { send } from '../support/http.js';
import { keepLogs } from '../support/logs.js';
import { connectSql, waitForListeners } from '../support/sql-client.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';
import { signUp, type SignedInUser } from '../support/users.js';

@Controller('probe')
class ProbeController {
  @Get()
  @BearerAuth()
  probe() {
    return {};
  }
}

/** A revocation has to be noticed without a notice: well under the half minute at which keys are read again anyway. */
const BOUND_SECONDS = 12;

describe('F15: a node that LISTENs and does not hear', () => {
  let database: TestDatabase;
  let proxy: DeafProxy;
  let near: TestApp;
  let user: SignedInUser;

  const start = (databaseUrl: string, auth: Partial<AuthOptions> = {}): Promise<TestApp> =>
    createTestApp({ databaseUrl, controllers: [ProbeController], auth: { jwt: true, ...auth } });
  const jwtOf = async (): Promise<string> =>
    (await send(`${near.url}/api/auth/token`, { bearer: user.token })).body.token;
  const accepts = async (host: TestApp, jwt: string) => {
    const { status } = await send(`${host.url}/probe`, { bearer: jwt });
    expect([200, 401]).toContain(status);
    return status === 200;
  };
  /** Its own node, so that what it says is told from what others say. */
  const within = async (host: TestApp, work: (host: TestApp) => Promise<void>) =>
    work(host).finally(() => host.close());

  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await startDeafProxy(database.url);
    near = await start(database.url);
    user = await signUp(near.url);
  });
  afterAll(async () => {
    await near.close();
    await proxy.close();
    await database.drop();
  });

  it('F15: a revoked signing key is refused within cacheTtl, as every other credential', async () =>
    within(await start(proxy.url, { cacheTtl: 1 }), async (far) => {
      const jwt = await jwtOf();
      expect(await accepts(far, jwt)).toBe(true);
      const { kid } = decodeProtectedHeader(jwt);
      await near.app.get(SigningKeys).revoke(kid!);
      await until('the other node refuses it too', async () => !(await accepts(far, jwt)), BOUND_SECONDS);
      // Nothing is signed with it either, and the key set is without it.
      const { body } = await send(`${far.url}/api/auth/token`, { bearer: user.token });
      expect(decodeProtectedHeader(body.token).kid).not.toBe(kid);
      const { keys } = (await send(`${far.url}/api/auth/jwks`)).body;
      expect(keys.map((key: { kid: string }) => key.kid)).not.toContain(kid);
    }));

  it('F15: with cacheTtl 0 it is refused at once', async () =>
    within(await start(proxy.url, { cacheTtl: 0 }), async (far) => {
      const jwt = await jwtOf();
      expect(await accepts(far, jwt)).toBe(true);
      await near.app.get(SigningKeys).revoke(decodeProtectedHeader(jwt).kid!);
      expect(await accepts(far, jwt)).toBe(false);
    }));

  it('F15: with cacheTtl 0 the channel runs all the same, since there are keys', async () => {
    const other = await createTestDatabase();
    const sql = await connectSql(other.url);
    await within(await start(other.url, { cacheTtl: 0 }), () => waitForListeners(sql, 1));
    await sql.close();
    await other.drop();
  });

  it('F15: one WARN says that nothing is heard, and a line that it is heard again', async () =>
    within(await start(proxy.url), async (host) => {
      const logs = keepLogs(host);
      const about = (text: string) => logs.filter((line) => line.text.includes(text)).length;
      await until('it is told', () => about('notifications do not arrive') > 0);
      proxy.hear(true);
      await until('it hears again', () => about('received again') > 0, 40);
      expect(about('notifications do not arrive')).toBe(1);
      expect(logs.find(({ text }) => text.includes('notifications do not arrive'))?.level).toBe('warn');
    }));

  it("F21: a silent network is noticed by LISTEN's own time limits, whatever the data source has", async () => {
    const other = await createTestDatabase();
    const silent = await startTcpProxy(other.url);
    const sql = await connectSql(other.url);
    await within(await createTestApp({ databaseUrl: silent.url }), async (host) => {
      const logs = keepLogs(host);
      await waitForListeners(sql, 1);
      await silent.set('silent');
      await until('it is told', () => logs.some(({ text }) => text.includes('not receiving revocations')), 40);
      await silent.set('open');
    });
    await sql.close();
    await silent.close();
    await other.drop();
  });
});
