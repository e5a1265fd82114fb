import { Client } from 'pg';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import {
  AUTHORIZE,
  authorizeQuery,
  exchange,
  Navigator,
  obtainCode,
  pkce,
  providerOptions,
  WEB,
} from '../support/oauth.js';
import { until } from '../support/until.js';

describe('consent that is withdrawn while a code is made from it', () => {
  let host: TestApp;
  let browser: Navigator;
  let locker: Client;
  beforeAll(async () => {
    host = await createTestApp({ auth: providerOptions() });
    browser = new Navigator(host);
    await browser.signUp();
    locker = new Client(host.databaseUrl);
    await locker.connect();
  });
  afterAll(async () => {
    await locker.end();
    await host.close();
  });
  const withdraw = () =>
    send(`${host.url}/api/auth/oauth2/applications/web`, {
      method: 'DELETE',
      headers: { cookie: browser.cookie, origin: TEST_ISSUER },
    });
  const waiting = async () => {
    const rows = await host.sql('SELECT pid FROM pg_locks WHERE NOT granted');
    return rows.length > 0;
  };

  it('T084 who withdraws first leaves no code: the user is asked again', async () => {
    await obtainCode(browser, WEB);
    // Another transaction has withdrawn the consent and not yet committed.
    await locker.query('BEGIN');
    await locker.query('DELETE FROM auth_consent');
    const asked = browser.get(`${AUTHORIZE}?${authorizeQuery(WEB, { code_challenge: pkce().challenge })}`);
    await until('the code waits for the consent', waiting);
    await locker.query('COMMIT');
    expect((await asked).location).toContain('/oauth2/consent?');
  });

  it('T084 who withdraws second ends the code', async () => {
    const { verifier, challenge } = pkce();
    await obtainCode(browser, WEB);
    const page = await browser.get(`${AUTHORIZE}?${authorizeQuery(WEB, { code_challenge: challenge })}`);
    const code = new URL(page.location!).searchParams.get('code')!;
    expect((await withdraw()).status).toBe(200);
    expect((await exchange(host, WEB, { code, verifier })).body.error).toBe('invalid_grant');
  });

  it('T084 many of both at once: no code outlives the withdrawal', async () => {
    for (let round = 0; round < 10; round++) {
      await obtainCode(browser, WEB);
      const { verifier, challenge } = pkce();
      const url = `${AUTHORIZE}?${authorizeQuery(WEB, { code_challenge: challenge })}`;
      const pages = Array.from({ length: 6 }, () => browser.get(url));
      const [answers] = await Promise.all([Promise.all(pages), withdraw()]);
      const codes = answers.flatMap(({ location }) => new URL(location!, TEST_ISSUER).searchParams.get('code') ?? []);
      for (const code of codes) {
        const { body } = await exchange(host, WEB, { code, verifier });
        expect(body.error).toBe('invalid_grant');
      }
    }
  });
});
