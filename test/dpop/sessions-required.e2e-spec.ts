import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { bindingsOf, BoundClient } from '../support/bound-sessions.js';
import { cookiesOf, send } from '../support/http.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

const LIST = '/api/auth/list-sessions';
const bearer = (dpop: 'off' | 'required') => ({ refreshToken: { enabled: true }, dpop });

describe.each(['express', 'fastify'] as const)('RFC 9449 bound sessions, required, on %s', (adapter) => {
  let host: TestApp;
  /** The same application before the option was set. */
  let before: TestApp;
  let app: BoundClient;
  beforeAll(async () => {
    before = await createTestApp({ adapter, auth: { bearer: bearer('off') } });
    host = await createTestApp({ adapter, auth: { bearer: bearer('required') }, databaseUrl: before.databaseUrl });
    app = new BoundClient(() => host);
  });
  afterAll(async () => {
    await host.close();
    await before.close();
  });

  it('RFC 9449 5: an app that proves its key has a session and tokens', async () => {
    const { token, accessToken, answer } = await app.signUp();
    expect(answer.body).toMatchObject({ tokenType: 'DPoP' });
    for (const one of [token, accessToken]) expect((await app.ask(LIST, undefined, { token: one })).status).toBe(200);
  });

  it("RFC 9449 11.1: without a proof a session is a browser's: good as a cookie, and not as a token", async () => {
    const user = await signUp(host.url);
    expect([user.accessToken, user.refreshToken]).toEqual([undefined, undefined]);
    const refused = await send(`${host.url}${LIST}`, { bearer: user.token });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('DPoP')]);
    const headers = { cookie: user.cookie, origin: TEST_ISSUER };
    expect((await send(`${host.url}${LIST}`, { headers })).status).toBe(200);
    // In memory as well.
    expect((await send(`${host.url}${LIST}`, { bearer: user.token })).status).toBe(401);
    const issue = '/api/auth/token/issue';
    expect(await send(`${host.url}${issue}`, { body: {}, headers })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_DPOP_PROOF' },
    });
    const pair = await app.ask(issue, {}, { headers });
    expect(pair.body).toMatchObject({ tokenType: 'DPoP' });
    expect((await send(`${host.url}${LIST}`, { bearer: pair.body.accessToken })).status).toBe(401);
    expect((await app.ask(LIST, undefined, { token: pair.body.accessToken })).status).toBe(200);
  });

  it('RFC 9449 5: tokens of before end with their access token', async () => {
    const { token, refreshToken } = await signUp(before.url);
    expect((await send(`${host.url}${LIST}`, { bearer: token })).status).toBe(401);
    for (const ask of [
      () => send(`${host.url}/api/auth/token/refresh`, { body: { refreshToken } }),
      () => app.ask('/api/auth/token/refresh', { refreshToken }),
    ])
      expect(await ask()).toMatchObject({ status: 401, body: { code: 'INVALID_REFRESH_TOKEN' } });
    expect((await send(`${before.url}/api/auth/token/refresh`, { body: { refreshToken } })).status).toBe(200);
  });

  it('RFC 9449 5: off, the header of a sign-in is not looked at, and what is bound stays bound', async () => {
    const there = new BoundClient(() => before);
    there.proof = 'no.such.proof';
    const { id, answer } = await there.signUp();
    expect([answer.body.tokenType, await bindingsOf(before, id)]).toEqual(['Bearer', [null]]);
    expect(cookiesOf(answer)).toContain('session_token=');
    const bound = await app.signUp();
    expect((await send(`${before.url}${LIST}`, { bearer: bound.token })).status).toBe(401);
    const refresh = '/api/auth/token/refresh';
    expect((await send(`${before.url}${refresh}`, { body: bound })).status).toBe(401);
    const body = { refreshToken: bound.refreshToken };
    const next = await send(`${before.url}${refresh}`, { body, headers: app.proven(refresh, 'POST') });
    expect(next.body).toMatchObject({ tokenType: 'DPoP' });
  });

  it('RFC 9449 11.1: a browser that is signed in keeps its session while an app binds one of its own', async () => {
    const user = await signUp(host.url);
    const body = { email: user.email, password: TEST_PASSWORD };
    const headers = { cookie: user.cookie, origin: TEST_ISSUER };
    await app.ask('/api/auth/sign-in/email', body, { headers });
    expect(await bindingsOf(host, user.id)).toEqual([null, { jkt: app.key.thumbprint }]);
    expect((await send(`${host.url}${LIST}`, { headers })).status).toBe(200);
  });
});
