import { createTestApp, TEST_ISSUER, TEST_SECRET, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { CLIENT } from '../support/identity-provider.js';
import { accountsOf, createLinkingHost, signInThrough, somebody, type LinkingHost } from '../support/linking.js';
import { get, post } from '../support/travel.js';
import { until } from '../support/until.js';
import { json, startUpstream, type Upstream } from '../support/provider-upstream.js';

describe('tokens of a real provider', () => {
  let linking: LinkingHost;
  beforeAll(async () => {
    linking = await createLinkingHost({}, { idp: { accessTokenSeconds: 600 } });
  });
  afterAll(() => linking.close());

  const signedIn = async () => {
    const { person } = somebody(linking.idp);
    const browser = new Browser();
    await signInThrough(linking.host, browser);
    const [account] = await accountsOf(linking.host, browser);
    return { browser, person, account: account! };
  };

  it('200 get-access-token in both generations: the token works at the provider', async () => {
    const { browser, person, account } = await signedIn();
    const bodies = [
      { accountId: account.id },
      { providerId: 'test-idp' },
      { providerId: 'test-idp', accountId: person },
    ];
    for (const body of bodies) {
      const answer = await post(linking.host, browser, 'get-access-token', body);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        accessToken: expect.any(String),
        accessTokenExpiresAt: expect.any(String),
        scopes: ['openid', 'profile', 'email'],
        idToken: expect.any(String),
      });
      const info = await fetch(`${linking.idp.issuer}/me`, {
        headers: { authorization: `Bearer ${answer.body.accessToken}` },
      });
      expect(((await info.json()) as { sub: string }).sub).toBe(person);
    }
  });

  it('200 refresh-token: rotated at the provider, the old access token is replaced', async () => {
    const { browser, person, account } = await signedIn();
    const before = await post(linking.host, browser, 'get-access-token', { accountId: account.id });
    const answer = await post(linking.host, browser, 'refresh-token', { accountId: account.id });
    expect(answer.body).toMatchObject({
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      accessTokenExpiresAt: expect.any(String),
      scope: 'openid profile email',
      providerId: 'test-idp',
      accountId: person,
    });
    expect(answer.body.accessToken).not.toBe(before.body.accessToken);
    const after = await post(linking.host, browser, 'get-access-token', { accountId: account.id });
    expect(after.body.accessToken).toBe(answer.body.accessToken);
  });

  it('200 get-access-token refreshes a token with fewer than 5 seconds left', async () => {
    const { browser, account } = await signedIn();
    const before = await post(linking.host, browser, 'get-access-token', { accountId: account.id });
    await linking.host.sql(
      `UPDATE auth_linked_account SET access_expires_at = now() + interval '4 seconds' WHERE id = $1`,
      [account.id],
    );
    const after = await post(linking.host, browser, 'get-access-token', { accountId: account.id });
    expect(after.status).toBe(200);
    expect(after.body.accessToken).not.toBe(before.body.accessToken);
  });

  it('200 account-info: what the provider says today', async () => {
    const { browser, person, account } = await signedIn();
    linking.idp.people.set(person, { email: 'later@example.com', email_verified: true, name: 'Later' });
    const { status, body } = await get(linking.host, browser, `account-info?accountId=${account.id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      user: { id: person, email: 'later@example.com', emailVerified: true, name: 'Later' },
      data: { sub: person, email: 'later@example.com' },
      account: { id: account.id, providerId: 'test-idp', accountId: person },
    });
  });

  it("400 ACCOUNT_NOT_FOUND: unknown and somebody else's, one answer; 400 VALIDATION_ERROR: neither; 400 for userId; 401", async () => {
    const [{ browser }, other] = [await signedIn(), await signedIn()];
    for (const route of ['get-access-token', 'refresh-token', 'unlink-account']) {
      const answers = [];
      for (const body of [{ accountId: other.account.id }, { accountId: 'unknown' }, { providerId: 'unknown' }])
        answers.push(await post(linking.host, browser, route, body));
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual(Array(3).fill([400, 'ACCOUNT_NOT_FOUND']));
      expect((await post(linking.host, browser, route, {})).body.code).toBe('VALIDATION_ERROR');
      const impersonation = await post(linking.host, browser, route, { providerId: 'test-idp', userId: 'x' });
      expect(impersonation.body.code).toBe('SERVER_ONLY_PROPERTY');
      expect((await post(linking.host, new Browser(), route, { providerId: 'test-idp' })).status).toBe(401);
    }
  });

  it('T110 tokens are kept encrypted, each in a box of its own', async () => {
    const [one, two] = [await signedIn(), await signedIn()];
    const { body } = await post(linking.host, one.browser, 'get-access-token', { accountId: one.account.id });
    const rows = await linking.host.sql<{ text: string }>(
      `SELECT encode(tokens, 'escape') AS text FROM auth_linked_account`,
    );
    expect(rows.some(({ text }) => text.includes(body.accessToken))).toBe(false);
    await linking.host.sql(
      'UPDATE auth_linked_account SET tokens = (SELECT tokens FROM auth_linked_account WHERE id = $1) WHERE id = $2',
      [one.account.id, two.account.id],
    );
    const stolen = await post(linking.host, two.browser, 'get-access-token', { accountId: two.account.id });
    expect([stolen.status, stolen.body.code]).toEqual([400, 'FAILED_TO_GET_ACCESS_TOKEN']);
  });
});

describe('refresh, once at a time', () => {
  let first: TestApp;
  let second: TestApp;
  let upstream: Upstream;
  let refreshes = 0;
  /** What a refresh waits for; all callers are under way after a moment. */
  let gate: Promise<unknown> = Promise.resolve();
  let answer: 'good' | 'refused' | 'broken' = 'good';
  beforeAll(async () => {
    upstream = await startUpstream();
    upstream.on('/userinfo', (_request, response) => json(response, { sub: 'x', email: 'x@example.com' }));
    upstream.on('/token', (_request, response, body) => {
      if (new URLSearchParams(body).get('grant_type') !== 'refresh_token')
        return json(response, { access_token: 'at-0', refresh_token: 'rt-0', token_type: 'bearer', expires_in: 3_600 });
      refreshes++;
      const number = refreshes;
      void gate.then(() => {
        if (answer === 'broken') return response.destroy();
        if (answer === 'refused') return json(response, { error: 'invalid_grant' }, 400);
        json(response, { access_token: `at-${number}`, token_type: 'bearer', expires_in: 3_600 });
      });
    });
    const { origin } = upstream;
    const provider = {
      providerId: 'slow',
      authorizationUrl: `${origin}/a`,
      tokenUrl: `${origin}/token`,
      userInfoUrl: `${origin}/userinfo`,
      ...CLIENT,
    };
    const auth = {
      issuer: TEST_ISSUER,
      secret: TEST_SECRET,
      allowPrivateNetwork: true,
      accountLinking: { providers: [provider], requestTimeout: '2s' },
    };
    // One connection each: nothing may be held while the provider thinks.
    first = await createTestApp({ auth, poolSize: 1 });
    second = await createTestApp({ auth, poolSize: 1, databaseUrl: first.databaseUrl });
  });
  afterAll(async () => {
    await second.close();
    await first.close();
    await upstream.close();
  });

  const signedIn = async () => {
    const browser = new Browser();
    const { body } = await post(first, browser, 'sign-in/social', { provider: 'slow' });
    const state = new URL(body.url).searchParams.get('state');
    await browser.fetch(`${first.url}/api/auth/callback/slow?code=x&state=${state}`);
    await first.sql(`UPDATE auth_linked_account SET access_expires_at = now(), version = 0`);
    refreshes = 0;
    gate = new Promise((resolve) => setTimeout(resolve, 300));
    return browser;
  };
  const callers = (browser: Browser) =>
    Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const own = new Browser();
        for (const [name, cookie] of browser.cookies) own.cookies.set(name, cookie);
        return post(index % 2 === 0 ? first : second, own, 'get-access-token', { providerId: 'slow' });
      }),
    );

  it('200 twenty callers on two applications: one request to the provider, one answer, the refresh token is kept', async () => {
    answer = 'good';
    const answers = await callers(await signedIn());
    expect(answers.map(({ body }) => body.accessToken)).toEqual(Array(20).fill('at-1'));
    expect(refreshes).toBe(1);
    const [row] = await first.sql('SELECT lease_id, version FROM auth_linked_account');
    expect(row).toEqual({ lease_id: null, version: 1 });
  });

  it.each([
    ['refused', [400, 502]],
    ['broken', [502, 502]],
  ] as const)('%s: one request, every caller is told, and the next one tries again', async (kind, [own, others]) => {
    answer = kind;
    const browser = await signedIn();
    const answers = await callers(browser);
    expect(refreshes).toBe(1);
    for (const { status, body } of answers) {
      expect([own, others]).toContain(status);
      expect(body.code).toBe('FAILED_TO_GET_ACCESS_TOKEN');
    }
    answer = 'good';
    expect((await post(first, browser, 'get-access-token', { providerId: 'slow' })).body.accessToken).toBe('at-2');
  });

  it('a process that died while refreshing is waited for, then replaced', async () => {
    answer = 'good';
    const browser = await signedIn();
    await first.sql(
      `UPDATE auth_linked_account SET lease_id = gen_random_uuid(), lease_until = now() + interval '1 second'`,
    );
    const { status, body } = await post(first, browser, 'get-access-token', { providerId: 'slow' });
    expect([status, body.accessToken, refreshes]).toEqual([200, 'at-1', 1]);
  });

  it('while a provider thinks, another request gets the one connection', async () => {
    answer = 'good';
    const browser = await signedIn();
    let open: (value?: unknown) => void = () => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const slow = post(first, browser, 'refresh-token', { providerId: 'slow' });
    await until('the provider is asked', () => refreshes === 1);
    expect((await get(first, browser, 'list-accounts')).status).toBe(200);
    open();
    expect((await slow).status).toBe(200);
  });
});
