import { resolveCoreOptions } from '../../src/common/options/core-options.js';
import { UsersService } from '../../src/index.js';
import { resolveOAuthProviderOptions } from '../../src/oauth-provider/oauth-provider.settings.js';
import { createTestApp, testOptions, type TestApp } from '../support/app.js';
import { send, type Answer } from '../support/http.js';
import {
  basic,
  exchange,
  APP,
  Navigator,
  obtainCode,
  OTHER,
  pkce,
  providerOptions,
  tokenRequest,
  WEB,
} from '../support/oauth.js';
import { answerIn, ask, liveFamilies } from '../support/authorization.js';

/** May leave PKCE out. */
const OLD = { ...WEB, clientId: 'old', redirectUris: ['https://old.example/cb'], requirePkce: false };
const SCOPE = 'openid offline_access read:data';

describe('T070 to T077 what an authorization code buys', () => {
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

  const tokenCount = async () => (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_token'))[0]!.n;
  async function expectRefused(answered: Promise<Answer>, error = 'invalid_grant', status = 400): Promise<Answer> {
    const before = await tokenCount();
    const { status: found, body, headers, text } = await answered;
    expect([found, body?.error]).toEqual([status, error]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(text).not.toMatch(/nacd_|select|at .*\.ts/i);
    expect(await tokenCount()).toBe(before);
    return answered;
  }
  const opens = async (token: string) =>
    (await tokenRequest(host, WEB, { grant_type: 'refresh_token', refresh_token: token })).status;

  it.each<[string, Record<string, string | undefined>, string]>([
    ['T074 another redirect_uri', { redirect_uri: 'https://web.example/other' }, 'invalid_grant'],
    ['T074 redirect_uri with a slash more', { redirect_uri: 'https://web.example/callback/' }, 'invalid_grant'],
    ['T074 an empty redirect_uri that is a space', { redirect_uri: ' ' }, 'invalid_grant'],
    [
      'T074 no redirect_uri and another verifier',
      { redirect_uri: undefined, code_verifier: pkce().verifier },
      'invalid_grant',
    ],
    ['T074 no redirect_uri and no verifier', { redirect_uri: undefined, code_verifier: undefined }, 'invalid_grant'],
    ['T075 no verifier', { code_verifier: undefined }, 'invalid_grant'],
    ['T075 an empty verifier', { code_verifier: '' }, 'invalid_grant'],
    ['T075 another verifier', { code_verifier: pkce().verifier }, 'invalid_grant'],
    ['T077 a verifier of 42', { code_verifier: 'a'.repeat(42) }, 'invalid_request'],
    ['T077 a verifier of 129', { code_verifier: 'a'.repeat(129) }, 'invalid_request'],
    ['T077 a verifier with a plus', { code_verifier: `${'a'.repeat(43)}+` }, 'invalid_request'],
    ['RFC 8707 a resource that was not granted', { resource: 'https://api.example' }, 'invalid_target'],
    ['a code that is missing', { code: undefined }, 'invalid_request'],
    ['a code with a letter changed', { code: 'nacd_' + 'A'.repeat(49) }, 'invalid_grant'],
    ['a code with NUL', { code: 'nacd_\0' }, 'invalid_request'],
    ['a code of 10 KB', { code: 'x'.repeat(10_000) }, 'invalid_grant'],
    ['a refresh token as a code', { code: 'nar_' + 'A'.repeat(49) }, 'invalid_grant'],
  ])('%s: refused, and the code stays whole for its owner', async (_name, change, error) => {
    const grant = await obtainCode(browser, WEB, { scope: SCOPE });
    await expectRefused(exchange(host, WEB, grant, change), error);
    expect((await exchange(host, WEB, grant)).status).toBe(200);
  });

  it("T072 another client's code: invalid_grant as for none, also for a public client, and it stays whole", async () => {
    const grant = await obtainCode(browser, WEB, { scope: SCOPE });
    const redirect_uri = WEB.redirectUris![0]!;
    const answers = [
      await expectRefused(exchange(host, OTHER, grant, { redirect_uri })),
      await expectRefused(exchange(host, APP, grant, { redirect_uri })),
      await expectRefused(exchange(host, OTHER, { ...grant, code: 'nacd_unknown' }, { redirect_uri })),
    ];
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await exchange(host, WEB, grant)).status).toBe(200);
  });

  it('T078 the client is proven before its code is looked at', async () => {
    const grant = await obtainCode(browser, WEB);
    await expectRefused(exchange(host, { ...WEB, clientSecret: 'wrong' }, grant), 'invalid_client', 401);
    const { clientSecret: _, ...open } = WEB;
    await expectRefused(exchange(host, open, grant), 'invalid_client', 401);
    expect((await exchange(host, WEB, grant)).status).toBe(200);
  });

  it('T071 replayed later: refused, and all it bought ends: access token, refresh token and their successors', async () => {
    const grant = await obtainCode(browser, WEB, { scope: SCOPE });
    const first = (await exchange(host, WEB, grant)).body;
    const { body: second } = await tokenRequest(host, WEB, {
      grant_type: 'refresh_token',
      refresh_token: first.refresh_token,
    });
    const bystander = (await exchange(host, WEB, await obtainCode(browser, WEB, { scope: SCOPE }))).body;
    await expectRefused(exchange(host, WEB, grant));
    expect([await opens(first.refresh_token), await opens(second.refresh_token)]).toEqual([400, 400]);
    expect(await opens(bystander.refresh_token)).toBe(200);
    expect(await liveFamilies(host, userId)).toBe(1);
    await expectRefused(exchange(host, WEB, grant));
  });

  it('T071 also after the code would have expired', async () => {
    const grant = await obtainCode(browser, WEB, { scope: SCOPE });
    const { body } = await exchange(host, WEB, grant);
    await host.sql(`UPDATE auth_authorization_code SET expires_at = now() - interval '1 hour'`);
    await expectRefused(exchange(host, WEB, grant));
    expect(await opens(body.refresh_token)).toBe(400);
  });

  it('T073 a code lives 60 seconds, by the clock of the database', async () => {
    const grant = await obtainCode(browser, WEB);
    const [row] = await host.sql<{ life: number }>(
      `SELECT extract(epoch FROM expires_at - created_at)::int AS life FROM auth_authorization_code WHERE subject = $1`,
      [userId],
    );
    expect(row!.life).toBe(60);
    await host.sql(`UPDATE auth_authorization_code SET expires_at = now() WHERE subject = $1`, [userId]);
    await expectRefused(exchange(host, WEB, grant));
  });

  it('T073 more than ten minutes stop the boot', () => {
    const core = resolveCoreOptions(testOptions());
    expect(() => resolveOAuthProviderOptions({ codeTTL: 601 }, core)).toThrow(/codeTTL/);
    expect(resolveOAuthProviderOptions({ codeTTL: '10m' }, core).codeTtlSeconds).toBe(600);
  });

  it('T076 a verifier without a challenge is a downgrade', async () => {
    const obtain = () =>
      obtainCode(browser, OLD, { code_challenge: undefined, code_challenge_method: undefined, scope: 'openid' });
    const { code } = await obtain();
    await expectRefused(exchange(host, OLD, { code, verifier: pkce().verifier }));
    expect((await exchange(host, OLD, { code, verifier: '' }, { code_verifier: undefined })).status).toBe(200);
    // Whoever had sent a challenge has to show the verifier, also where it is not demanded.
    const bound = await obtainCode(browser, OLD);
    await expectRefused(exchange(host, OLD, bound, { code_verifier: undefined }));
  });

  it('T059 with oauth21: false a client of the options and a public one still have to', async () => {
    const open = { code_challenge: undefined, code_challenge_method: undefined };
    for (const client of [WEB, APP])
      expect(answerIn(await ask(browser, client, open), client)).toMatchObject({ error: 'invalid_request' });
  });

  it('T019 neither codes nor tokens stand in the database', async () => {
    const grant = await obtainCode(browser, WEB, { scope: SCOPE });
    const { body } = await exchange(host, WEB, grant);
    const rows = await host.sql(
      'SELECT c::text AS text FROM auth_authorization_code c UNION ALL SELECT t::text FROM auth_token t',
    );
    for (const secret of [grant.code, grant.verifier, body.access_token, body.refresh_token]) {
      expect(JSON.stringify(rows)).not.toContain(secret);
      expect(JSON.stringify(rows)).not.toContain(Buffer.from(secret as string).toString('hex'));
    }
  });

  it.each<[string, string, string]>([
    ['a parameter twice', 'code=a&code=b', 'invalid_request'],
    ['grant_type twice', 'grant_type=refresh_token', 'invalid_request'],
    ['resource twice', 'code=a&resource=x&resource=y', 'invalid_grant'],
    ['bytes that are no UTF-8', 'code=%ff', 'invalid_request'],
    ['__proto__', 'code=a&__proto__=x', 'invalid_request'],
  ])('T003 a form with %s', async (_name, form, error) => {
    const headers = {
      ...basic(WEB.clientId, WEB.clientSecret!),
      'content-type': 'application/x-www-form-urlencoded',
    };
    const body = `grant_type=authorization_code&${form}`;
    await expectRefused(send(`${host.url}/api/auth/oauth2/token`, { body, headers }), error);
  });

  it.each<[string, unknown]>([
    ['objects', { code: {}, code_verifier: {} }],
    ['arrays', { code: ['a'] }],
    ['numbers', { code: 7, redirect_uri: 7, code_verifier: 7 }],
    ['null', { code: null }],
    ['booleans', { code: true }],
  ])('T009 a JSON body with %s: 400', async (_name, change) => {
    const body = { grant_type: 'authorization_code', ...(change as object) };
    const headers = basic(WEB.clientId, WEB.clientSecret!);
    const answered = await send(`${host.url}/api/auth/oauth2/token`, { body, headers });
    expect([answered.status, ['invalid_request', 'invalid_grant']]).toEqual([
      400,
      expect.arrayContaining([answered.body.error]),
    ]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['sign-out', () => browser.post('/api/auth/sign-out', {})],
    ['disabling the user', () => host.app.get(UsersService).disable(userId)],
    ['forgetting the user', () => host.app.get(UsersService).forget(userId)],
    ['the end of their sessions', () => host.sql('DELETE FROM auth_session WHERE subject = $1', [userId])],
  ])('T084 %s ends codes that wait, those of offline_access too', async (_name, end) => {
    const grant = await obtainCode(browser, WEB, { scope: SCOPE });
    await end();
    await expectRefused(exchange(host, WEB, grant));
  });
});
