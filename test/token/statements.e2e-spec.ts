import { createTestApp, type TestApp } from '../support/app.js';
import {
  AUTHORIZE,
  authorizeQuery,
  exchange,
  Navigator,
  obtainCode,
  OTHER,
  pkce,
  providerOptions,
  tokenRequest,
  WEB,
} from '../support/oauth.js';
import { watchPool } from '../support/pool.js';
import { refresh } from '../support/tokens.js';
import { signUp } from '../support/users.js';

const TOLD = { ...OTHER, metadata: { backchannel_logout_uri: 'https://other.example/logout' } };
const OFFLINE = 'openid offline_access read:data';

/** Counts what goes through the application's pool. A transaction is counted as such, not by its statements. */
describe('statements per authorization, exchange and refresh', () => {
  let host: TestApp;
  let browser: Navigator;
  let seen: string[] = [];
  beforeAll(async () => {
    host = await createTestApp({ auth: providerOptions({ clients: [WEB, TOLD] }, { cacheTtl: '60s' }) });
    browser = new Navigator(host);
    await browser.signUp();
    await obtainCode(browser, WEB, { scope: OFFLINE });
    watchPool(host, (name) => seen.push(name));
  });
  afterAll(() => host.close());
  const during = async (work: () => Promise<unknown>): Promise<string[]> => {
    seen = [];
    await work();
    return seen;
  };
  const ask = (change: Record<string, string> = {}) =>
    browser.get(`${AUTHORIZE}?${authorizeQuery(WEB, { code_challenge: pkce().challenge, scope: OFFLINE, ...change })}`);

  it('RFC 6749 4.1.1 a request that a remembered consent covers: 1', async () => {
    expect(await during(ask)).toEqual(['auth_authorization_code_insert']);
    expect(await during(() => ask({ prompt: 'none' }))).toEqual(['auth_authorization_code_insert']);
  });

  it('RFC 6749 4.1.3 an exchange: 2, no transaction; with a logout address of the client a transaction', async () => {
    const EXCHANGE = 'auth_token_family_insert_session_code';
    const grant = await obtainCode(browser, WEB, { scope: OFFLINE });
    expect(await during(() => exchange(host, WEB, grant))).toEqual(['auth_authorization_code_find', EXCHANGE]);
    const told = await obtainCode(browser, TOLD, { scope: 'openid' });
    expect(await during(() => exchange(host, TOLD, told))).toEqual(['auth_authorization_code_find', 'transaction']);
  });

  it('RFC 6749 6 a refresh by a client: 2, no transaction', async () => {
    const { body } = await exchange(host, WEB, await obtainCode(browser, WEB, { scope: OFFLINE }));
    const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token as string };
    expect(await during(() => tokenRequest(host, WEB, form))).toEqual(['auth_token_find_refresh', 'auth_token_rotate']);
  });

  it('RFC 6749 6 a refresh by a first-party app: 2, no transaction', async () => {
    const { refreshToken } = await signUp(host.url);
    expect(await during(() => refresh(host, refreshToken))).toEqual(['auth_token_find_refresh', 'auth_token_rotate']);
  });
});
