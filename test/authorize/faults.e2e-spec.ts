import { createTestApp, type TestApp } from '../support/app.js';
import { answer, askedForConsent, answerIn, liveFamilies } from '../support/authorization.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import type { Answer } from '../support/http.js';
import {
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
import { poolOf } from '../support/pool.js';
import { connectSql, killConnections, type SqlClient } from '../support/sql-client.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';

const SCOPE = 'openid offline_access';
/** As it is sent; BEGIN names READ COMMITTED. */
const COMMIT = 'COMMIT\0';
/** Each is one statement, which commits as it ends. */
const EXCHANGE = 'auth_token_family_insert_session_code';
const ROTATE = 'auth_token_rotate';

describe('T117 T118 the database is lost during an authorization', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let host: TestApp;
  let sql: SqlClient;
  let browser: Navigator;
  let userId: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await startTcpProxy(database.url);
    host = await createTestApp({ auth: providerOptions(), databaseUrl: proxy.url });
    sql = await connectSql(database.url);
  });
  beforeEach(async () => {
    browser = new Navigator(host);
    userId = await browser.signUp();
  });
  afterAll(async () => {
    await proxy.set('open');
    await sql.close();
    await host.close();
    await proxy.close();
    await database.drop();
  });

  const live = () => liveFamilies({ sql: sql.run }, userId);
  function expectUnavailable({ status, body, headers }: Answer): void {
    expect([status, body.error]).toEqual([503, 'temporarily_unavailable']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }

  it('T118 the COMMIT of an exchange is lost: 503, and the retry never leaves two grants', async () => {
    const grant = await obtainCode(browser, WEB, { scope: SCOPE });
    proxy.dropAfterSending(EXCHANGE);
    expectUnavailable(await exchange(host, WEB, grant));
    expect(await live()).toBe(1);
    // It had been committed, nobody has the tokens, and the code was spent: it ends, and the user is asked again.
    const retry = await exchange(host, WEB, grant);
    expect([retry.status, retry.body.error]).toEqual([400, 'invalid_grant']);
    expect(await live()).toBe(0);
    const again = await exchange(host, WEB, await obtainCode(browser, WEB, { scope: SCOPE }));
    expect(again.status).toBe(200);
  });

  it('T118 the connection is lost before the code is spent: 503, and the retry gets tokens', async () => {
    const grant = await obtainCode(browser, WEB, { scope: SCOPE });
    proxy.dropAfterSending('auth_authorization_code_find');
    expectUnavailable(await exchange(host, WEB, grant));
    expect(await live()).toBe(0);
    expect((await exchange(host, WEB, grant)).status).toBe(200);
    expect(await live()).toBe(1);
  });

  it('T118 the COMMIT of a consent is lost: an error page, one code at most, and a new request works', async () => {
    const handle = await askedForConsent(browser, WEB);
    proxy.dropAfterSending(COMMIT);
    const page = await answer(browser, handle, true);
    expect([page.status, page.location]).toEqual([503, undefined]);
    expect(page.text).toContain('id="error"');
    expect((await answer(browser, handle, true)).status).toBe(400);
    expect(await obtainCode(browser, WEB)).toHaveProperty('code');
  });

  it('T118 the COMMIT of a refresh is lost: 503, and the retry gets the successor that was committed', async () => {
    const { body } = await exchange(host, WEB, await obtainCode(browser, WEB, { scope: SCOPE }));
    const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token };
    proxy.dropAfterSending(ROTATE);
    expectUnavailable(await tokenRequest(host, WEB, form));
    const retry = await tokenRequest(host, WEB, form);
    expect(retry.status).toBe(200);
    expect((await tokenRequest(host, WEB, { ...form, refresh_token: retry.body.refresh_token })).status).toBe(200);
    expect(await live()).toBe(1);
  });

  it('T117 while it is away authorize shows a page with 503, not a redirect; a good session is never called none', async () => {
    await obtainCode(browser, WEB);
    const query = authorizeQuery(WEB, { code_challenge: pkce().challenge, prompt: 'none' });
    await proxy.set('refusing');
    await killConnections(sql);
    await until('it is away', async () => (await browser.get(`${AUTHORIZE}?${query}`)).status === 503);
    const page = await browser.get(`${AUTHORIZE}?${query}`);
    expect([page.status, page.location]).toEqual([503, undefined]);
    expect(Number(page.headers['retry-after'])).toBeGreaterThan(0);
    await proxy.set('open');
    await until('it is back', async () => (await browser.get(`${AUTHORIZE}?${query}`)).status === 302);
    expect(answerIn(await browser.get(`${AUTHORIZE}?${query}`), WEB)).toHaveProperty('code');
  });
});

describe('T118 a pool of one connection', () => {
  it('T118 serves the whole flow, several at once', async () => {
    const host = await createTestApp({
      auth: providerOptions({ accessTokenFormat: 'jwt' }, { cacheTtl: 0 }),
      poolSize: 1,
    });
    try {
      const flow = async () => {
        const browser = new Navigator(host);
        await browser.signUp();
        const grant = await obtainCode(browser, WEB, { scope: SCOPE });
        const { body } = await exchange(host, WEB, grant);
        const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token };
        const answers = [tokenRequest(host, WEB, form), tokenRequest(host, WEB, form), exchange(host, WEB, grant)];
        return (await Promise.all(answers)).map(({ status }) => status);
      };
      for (const statuses of await Promise.all([flow(), flow(), flow()]))
        for (const status of statuses) expect([200, 400]).toContain(status);
      expect([poolOf(host).totalCount, poolOf(host).waitingCount]).toEqual([1, 0]);
    } finally {
      await host.close();
    }
  });
});
