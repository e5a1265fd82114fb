import { createTestApp, type TestApp } from '../support/app.js';
import { liveFamilies } from '../support/authorization.js';
import type { Answer } from '../support/http.js';
import {
  APP,
  exchange,
  Navigator,
  obtainCode,
  OTHER,
  pkce,
  providerOptions,
  tokenRequest,
  WEB,
} from '../support/oauth.js';

/** May leave PKCE out. */
const OLD = { ...WEB, clientId: 'old', redirectUris: ['https://old.example/cb'], requirePkce: false };
const SCOPE = 'openid offline_access read:data';

describe('what a token request has to repeat of a code, and what a wrong one costs', () => {
  let host: TestApp;
  let browser: Navigator;
  let userId: string;

  beforeAll(async () => {
    host = await createTestApp({ auth: providerOptions({ clients: [WEB, APP, OTHER, OLD], oauth21: false }) });
  });
  beforeEach(async () => {
    browser = new Navigator(host);
    userId = await browser.signUp();
  });
  afterAll(() => host.close());

  async function expectRefused(answered: Promise<Answer>, error = 'invalid_grant', status = 400): Promise<void> {
    const { status: found, body } = await answered;
    expect([found, body?.error]).toEqual([status, error]);
  }
  const opens = async (token: string) =>
    (await tokenRequest(host, WEB, { grant_type: 'refresh_token', refresh_token: token })).status;

  it.each<[string, (grant: { code: string; verifier: string }) => Promise<Answer>, string?]>([
    ['another verifier', (grant) => exchange(host, WEB, { ...grant, verifier: pkce().verifier })],
    ['no verifier', (grant) => exchange(host, WEB, grant, { code_verifier: undefined })],
    ['a malformed verifier', (grant) => exchange(host, WEB, grant, { code_verifier: 'short' }), 'invalid_request'],
    ['another address', (grant) => exchange(host, WEB, grant, { redirect_uri: 'https://web.example/other' })],
    ['another client', (grant) => exchange(host, OTHER, grant, { redirect_uri: WEB.redirectUris![0]! })],
    ['a public client', (grant) => exchange(host, APP, grant, { redirect_uri: WEB.redirectUris![0]! })],
  ])(
    'T071 OAuth 2.1 7.5.2: a replay that is wrong in something else, %s, cannot end what the code bought',
    async (_name, replay, error = 'invalid_grant') => {
      const grant = await obtainCode(browser, WEB, { scope: SCOPE });
      const { body } = await exchange(host, WEB, grant);
      await expectRefused(replay(grant), error);
      await expectRefused(exchange(host, { ...WEB, clientSecret: 'wrong' }, grant), 'invalid_client', 401);
      expect(await opens(body.refresh_token)).toBe(200);
      // One that is right in all does.
      await expectRefused(exchange(host, WEB, grant));
      expect(await liveFamilies(host, userId)).toBe(0);
    },
  );

  it('T071 also a replay that leaves the address out, as it may', async () => {
    const grant = await obtainCode(browser, WEB, { scope: SCOPE });
    const { status, body } = await exchange(host, WEB, grant, { redirect_uri: undefined });
    expect(status).toBe(200);
    await expectRefused(exchange(host, WEB, grant, { redirect_uri: undefined }));
    expect(await opens(body.refresh_token)).toBe(400);
  });

  it.each([WEB, APP])(
    'OAuth 2.1 10.2: $clientId leaves redirect_uri out where a verifier proves the code',
    async (client) => {
      const grant = await obtainCode(browser, client, { scope: SCOPE });
      expect((await exchange(host, client, grant, { redirect_uri: undefined })).status).toBe(200);
      // As RFC 6749 3.1 says of a parameter without a value.
      const other = await obtainCode(browser, client, { scope: SCOPE });
      expect((await exchange(host, client, other, { redirect_uri: '' })).status).toBe(200);
    },
  );

  it('T074 without a challenge the address must be named again', async () => {
    const open = { code_challenge: undefined, code_challenge_method: undefined, scope: 'openid' };
    const { code } = await obtainCode(browser, OLD, open);
    const bare = { code_verifier: undefined };
    await expectRefused(exchange(host, OLD, { code, verifier: '' }, { ...bare, redirect_uri: undefined }));
    expect((await exchange(host, OLD, { code, verifier: '' }, bare)).status).toBe(200);
  });
});
