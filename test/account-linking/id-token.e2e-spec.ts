import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { CLIENT } from '../support/identity-provider.js';
import { TestContinuation, TestContinuationModule } from '../support/continuation.js';
import { accountsOf, localUser, userIdOf } from '../support/linking.js';
import { get, post } from '../support/travel.js';
import { json, startUpstream, type Upstream } from '../support/provider-upstream.js';

describe('ID tokens that an app got by itself', () => {
  let host: TestApp;
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await startUpstream();
    host = await createTestApp({
      imports: [TestContinuationModule],
      auth: {
        allowPrivateNetwork: true,
        accountLinking: {
          providers: [
            { providerId: 'oidc', issuer: upstream.origin, idTokenAudiences: ['the-mobile-app'], ...CLIENT },
            {
              providerId: 'plain',
              authorizationUrl: `${upstream.origin}/a`,
              tokenUrl: `${upstream.origin}/t`,
              userInfoUrl: `${upstream.origin}/u`,
              ...CLIENT,
            },
          ],
        },
      },
    });
  });
  afterAll(async () => {
    await host.close();
    await upstream.close();
  });

  const now = () => Math.floor(Date.now() / 1000);
  let count = 0;
  const claims = (change: Record<string, unknown> = {}) => ({
    iss: upstream.origin,
    aud: 'the-mobile-app',
    sub: `app-${++count}`,
    iat: now(),
    exp: now() + 300,
    email: `app-${count}@example.com`,
    email_verified: true,
    name: 'Ada',
    ...change,
  });
  const signIn = (browser: Browser, token: string, nonce?: string) =>
    post(host, browser, 'sign-in/social', {
      provider: 'oidc',
      idToken: { token, ...(nonce !== undefined && { nonce }) },
    });

  it('200 with oauth_query: where the browser goes on, with the cookie; 400 INVALID_SIGNATURE without a session', async () => {
    const [good, bad] = [new Browser(), new Browser()];
    const wish = { provider: 'oidc', idToken: { token: await upstream.sign(claims()) } };
    const answer = await post(host, good, 'sign-in/social', { ...wish, oauth_query: TestContinuation.GOOD });
    expect(answer.body).toEqual({ redirect: true, url: 'https://client.example/cb?code=1' });
    expect(await userIdOf(host, good)).not.toBeNull();
    const refused = await post(host, bad, 'sign-in/social', { ...wish, oauth_query: 'sig=bad' });
    expect([refused.status, refused.body.code, bad.cookies.size]).toEqual([400, 'INVALID_SIGNATURE', 0]);
  });

  it('200 a session and tokens in the body; the same user again', async () => {
    const good = claims({ nonce: 'n1' });
    const [one, two] = [new Browser(), new Browser()];
    const answer = await signIn(one, await upstream.sign(good), 'n1');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      redirect: false,
      token: expect.stringMatching(/^nas_/),
      user: { email: good.email, emailVerified: true },
      accessToken: expect.any(String),
    });
    expect(answer.headers.get('set-auth-token')).toContain(answer.body.token);
    await signIn(two, await upstream.sign(good), 'n1');
    expect(await userIdOf(host, two)).toBe(await userIdOf(host, one));
  });

  it('200 signing in with an ID token alone leaves the kept access token its end', async () => {
    const who = claims();
    const browser = new Browser();
    await post(host, browser, 'sign-in/social', {
      provider: 'oidc',
      idToken: { token: await upstream.sign(who), accessToken: 'old-access', refreshToken: 'old-refresh' },
    });
    const [account] = await accountsOf(host, browser);
    await host.sql(
      `UPDATE auth_linked_account SET access_expires_at = now() - interval '1 minute', scopes = '{openid,files}' WHERE id = $1`,
      [account!.id],
    );
    await signIn(browser, await upstream.sign(who));
    upstream.on('/token', (_request, response) =>
      json(response, { access_token: 'new-access', token_type: 'Bearer', expires_in: 600 }),
    );
    const { status, body } = await post(host, browser, 'get-access-token', { accountId: account!.id });
    expect([status, body.accessToken, body.scopes]).toEqual([200, 'new-access', ['openid', 'files']]);
  });

  it('200 account-info says what userinfo says today, and not what the ID token said then', async () => {
    const who = claims();
    const browser = new Browser();
    await post(host, browser, 'sign-in/social', {
      provider: 'oidc',
      idToken: { token: await upstream.sign(who), accessToken: 'access' },
    });
    const [account] = await accountsOf(host, browser);
    upstream.on('/userinfo', (_request, response) =>
      json(response, { sub: who.sub, email: 'later@example.com', email_verified: true, name: 'Later' }),
    );
    const { status, body } = await get(host, browser, `account-info?accountId=${account!.id}`);
    expect([status, body.user.email, body.user.name, body.data.email]).toEqual([
      200,
      'later@example.com',
      'Later',
      'later@example.com',
    ]);
    upstream.on('/userinfo', (_request, response) => json(response, { sub: 'somebody-else', email: 'x@example.com' }));
    expect((await get(host, browser, `account-info?accountId=${account!.id}`)).body.code).toBe(
      'FAILED_TO_GET_USER_INFO',
    );
  });

  it.each<[string, Record<string, unknown>, string | undefined, boolean]>([
    ['a forged signature', {}, undefined, true],
    ['another issuer', { iss: 'https://evil.example' }, undefined, false],
    ['another audience', { aud: 'somebody-else' }, undefined, false],
    ['expired', { exp: 1 }, undefined, false],
    ['without exp', { exp: undefined }, undefined, false],
    ['another nonce', { nonce: 'n1' }, 'n2', false],
    ['for us and for somebody else', { aud: ['the-mobile-app', 'somebody-else'] }, undefined, false],
    ['a nonce that the token does not have', {}, 'n1', false],
  ])('T115 401 INVALID_TOKEN: %s', async (_fault, change, nonce, forged) => {
    const browser = new Browser();
    const answer = await signIn(browser, await upstream.sign(claims(change), { forged }), nonce);
    expect([answer.status, answer.body.code]).toEqual([401, 'INVALID_TOKEN']);
    expect(await userIdOf(host, browser)).toBeNull();
  });

  it('401 INVALID_TOKEN: no token at all; 404 ID_TOKEN_NOT_SUPPORTED: plain OAuth 2', async () => {
    for (const token of ['x', 'a.b.c', `${'x'.repeat(50)}`])
      expect((await signIn(new Browser(), token)).body.code).toBe('INVALID_TOKEN');
    const plain = await post(host, new Browser(), 'sign-in/social', { provider: 'plain', idToken: { token: 'x' } });
    expect([plain.status, plain.body.code]).toEqual([404, 'ID_TOKEN_NOT_SUPPORTED']);
  });

  it("T112 401 OAUTH_LINK_ERROR: somebody's address is no way into their account", async () => {
    const good = claims();
    await localUser(host, good.email);
    const answer = await signIn(new Browser(), await upstream.sign(good));
    expect([answer.status, answer.body.code]).toEqual([401, 'OAUTH_LINK_ERROR']);
  });

  it('200 link-social links; T116 409 SOCIAL_ACCOUNT_ALREADY_LINKED for another user, nothing moved', async () => {
    const good = claims();
    const token = await upstream.sign(good);
    const ada = await localUser(host, good.email);
    const linked = await post(host, ada.browser, 'link-social', { provider: 'oidc', idToken: { token } });
    expect([linked.status, linked.body]).toEqual([200, { url: '', status: true, redirect: false }]);
    expect(await accountsOf(host, ada.browser)).toHaveLength(2);
    const eve = await localUser(host, `eve-${good.email}`);
    await host.sql('UPDATE auth_user SET email = $2 WHERE id = $1', [ada.id, `moved-${good.email}`]);
    await host.sql('UPDATE auth_user SET email = $2 WHERE id = $1', [eve.id, good.email]);
    const taken = await post(host, eve.browser, 'link-social', { provider: 'oidc', idToken: { token } });
    expect([taken.status, taken.body.code]).toEqual([409, 'SOCIAL_ACCOUNT_ALREADY_LINKED']);
    expect(await host.sql('SELECT subject FROM auth_linked_account WHERE account_id = $1', [good.sub])).toEqual([
      { subject: ada.id },
    ]);
  });

  it('502 the provider does not answer: nobody is called a liar', async () => {
    const silent = await startUpstream();
    silent.on('/jwks', (_request, response) => json(response, { error: 'down' }, 503));
    const other = await createTestApp({
      auth: {
        allowPrivateNetwork: true,
        accountLinking: { providers: [{ providerId: 'oidc', issuer: silent.origin, ...CLIENT }] },
      },
    });
    const token = await silent.sign(claims({ iss: silent.origin, aud: CLIENT.clientId }));
    const answer = await post(other, new Browser(), 'sign-in/social', { provider: 'oidc', idToken: { token } });
    expect([answer.status, answer.body.code]).toEqual([502, 'FAILED_TO_GET_USER_INFO']);
    expect((await get(other, new Browser(), 'get-session')).body).toBeNull();
    await other.close();
    await silent.close();
  });
});
