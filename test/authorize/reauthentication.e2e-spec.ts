import { decodeJwt } from 'jose';
import type { StaticClientOptions } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import {
  AUTHORIZE,
  authorizeQuery,
  exchange,
  Navigator,
  obtainCode,
  OTHER,
  pkce,
  providerOptions,
  WEB,
  type Page,
} from '../support/oauth.js';
import { connectSql, waitForListeners } from '../support/sql-client.js';
import { until } from '../support/until.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const PASSWORD = 'correct horse battery';
const SESSION = 'better-auth.session_token';

let count = 0;

/** A user who is signed in to two clients that want to hear of the end of the session. */
describe.each(['express', 'fastify'] as const)('F46: signing in again (OIDC Core 3.1.2.1), on %s', (adapter) => {
  let receiver: Upstream;
  let host: TestApp;
  /** A second application on the same database. */
  let other: TestApp;
  let shop: StaticClientOptions;
  let forum: StaticClientOptions;
  let browser: Navigator;
  let user: { id: string; email: string };
  let before: { access: string; sid: string; authTime: number };

  beforeAll(async () => {
    receiver = await startUpstream();
    receiver.answer({ body: '' });
    [shop, forum] = [WEB, OTHER].map((client) => ({
      ...client,
      metadata: { backchannel_logout_uri: `${receiver.origin}/${client.clientId}` },
    })) as [StaticClientOptions, StaticClientOptions];
    const auth = {
      ...providerOptions({ clients: [shop, forum] }, { allowPrivateNetwork: true, cacheTtl: '60s' }),
      bearer: { refreshToken: { enabled: true } },
    };
    host = await createTestApp({ adapter, auth });
    other = await createTestApp({ adapter, auth, databaseUrl: host.databaseUrl });
    const sql = await connectSql(host.databaseUrl);
    await waitForListeners(sql, 2);
    await sql.close();
  });
  beforeEach(async () => {
    receiver.seen.splice(0);
    browser = new Navigator(host);
    const email = `again-${adapter}-${++count}@example.com`;
    user = { email, id: await browser.signUp(email) };
    await host.sql(
      `UPDATE auth_session SET created_at = now() - interval '100 seconds', authenticated_at = now() - interval '100 seconds', amr = '{}' WHERE subject = $1`,
      [user.id],
    );
    await host.sql(`SELECT pg_notify('nest_authority', 'subject:' || $1)`, [user.id]);
    const { access_token: access, id_token: idToken } = (
      await exchange(host, forum, await obtainCode(browser, forum, { scope: 'openid profile' }))
    ).body;
    const { sid, auth_time: authTime } = decodeJwt(idToken);
    before = { access, sid: sid as string, authTime: authTime as number };
  });
  afterAll(async () => {
    await other.close();
    await host.close();
    await receiver.close();
  });

  const current = async (app: TestApp, cookie: string) =>
    (await send(`${app.url}/api/auth/get-session`, { headers: { cookie } })).body;
  const api = (route: string, body: object, cookie = browser.cookie) =>
    send(`${host.url}/api/auth/${route}`, { body, headers: { cookie, origin: TEST_ISSUER } });
  const handleIn = (page: Page) => new URL(page.location!, TEST_ISSUER).searchParams.get('continue')!;
  const deliveries = () => host.sql('SELECT client_id FROM auth_logout_delivery WHERE subject = $1', [user.id]);

  /** The old token is dead on both applications, and the session and all that clients have of it goes on. */
  async function expectRenewed(oldCookie: string, newCookie: string): Promise<void> {
    expect(newCookie).not.toBe(oldCookie);
    expect(await current(host, oldCookie)).toBeNull();
    await until('the other application refuses the old token', async () => (await current(other, oldCookie)) === null);
    expect(await current(other, newCookie)).toMatchObject({ session: { id: before.sid }, user: { id: user.id } });
    expect(await host.sql('SELECT id, amr FROM auth_session WHERE subject = $1', [user.id])).toEqual([
      { id: before.sid, amr: ['pwd'] },
    ]);
    const info = await send(`${other.url}/api/auth/oauth2/userinfo`, { bearer: before.access });
    expect([info.status, info.body.sub]).toEqual([200, user.id]);
    expect([await deliveries(), receiver.seen]).toEqual([[], []]);
  }

  /** Both applications have the old token in memory. */
  async function warm(): Promise<string> {
    for (const app of [host, other]) expect(await current(app, browser.cookie)).not.toBeNull();
    return browser.cookie;
  }

  it.each([
    ['prompt=login', { prompt: 'login' }],
    ['max_age=1', { max_age: '1' }],
  ])('F46: %s: a new token and auth_time, the same sid; the request that waited is answered', async (_name, asked) => {
    const old = await warm();
    const { verifier, challenge } = pkce();
    const query = authorizeQuery(shop, { code_challenge: challenge, ...asked });
    const toSignIn = await browser.get(`${AUTHORIZE}?${query}`);
    expect(toSignIn.location).toContain('/sign-in?continue=');
    const signedIn = await browser.post('/api/auth/sign-in', {
      email: user.email,
      password: PASSWORD,
      continue: handleIn(toSignIn),
    });
    expect([signedIn.status, signedIn.location]).toEqual([303, handleIn(toSignIn)]);
    const consent = await browser.get(signedIn.location!);
    const request = new URL(consent.location!, TEST_ISSUER).searchParams.get('request')!;
    const answered = await browser.post('/api/auth/oauth2/consent', { consent_code: request, accept: 'true' });
    const code = new URL(answered.location!).searchParams.get('code')!;
    const claims = decodeJwt((await exchange(host, shop, { code, verifier })).body.id_token);
    expect([claims['sid'], claims['amr']]).toEqual([before.sid, ['pwd']]);
    expect(claims['auth_time']).toBeGreaterThan(before.authTime);
    await expectRenewed(old, browser.cookie);
  });

  it('F46: sign-in by the API with the cookie; what the session itself had ends with its old token (T031)', async () => {
    const old = await warm();
    const pair = (await api('token/issue', {})).body;
    const answer = await api('sign-in/email', { email: user.email, password: PASSWORD });
    expect([answer.status, answer.body.session.token]).toEqual([200, answer.body.token]);
    await expectRenewed(old, answer.headers.getSetCookie().at(-1)!.split(';', 1)[0]!);
    expect((await send(`${host.url}/api/auth/list-sessions`, { bearer: pair.accessToken })).status).toBe(401);
    const refreshed = await send(`${host.url}/api/auth/token/refresh`, { body: { refreshToken: pair.refreshToken } });
    expect(refreshed.status).toBe(401);
    const fresh = await send(`${host.url}/api/auth/list-sessions`, { bearer: answer.body.accessToken });
    expect(fresh.body.map(({ id }: { id: string }) => id)).toEqual([before.sid]);
  });

  it('F46: a question of consent that was asked before is answered after it', async () => {
    const { verifier, challenge } = pkce();
    const asked = await browser.get(`${AUTHORIZE}?${authorizeQuery(shop, { code_challenge: challenge })}`);
    const request = new URL(asked.location!, TEST_ISSUER).searchParams.get('request')!;
    await browser.post('/api/auth/sign-in', { email: user.email, password: PASSWORD });
    const answered = await browser.post('/api/auth/oauth2/consent', { consent_code: request, accept: 'true' });
    const code = new URL(answered.location!).searchParams.get('code')!;
    expect((await exchange(host, shop, { code, verifier })).status).toBe(200);
  });

  it('F46: a code from before it buys its tokens after it, with the auth_time it was given for', async () => {
    const code = await obtainCode(browser, shop);
    await api('sign-in/email', { email: user.email, password: PASSWORD });
    const bought = await exchange(host, shop, code);
    expect(decodeJwt(bought.body.id_token)).toMatchObject({ sid: before.sid, auth_time: before.authTime });
  });

  it('F46: signed in again without rememberMe, the session is no longer remembered; and the other way round', async () => {
    const forgotten = await api('sign-in/email', { email: user.email, password: PASSWORD, rememberMe: false });
    const lines = forgotten.headers.getSetCookie();
    expect(lines.find((line) => line.startsWith(SESSION))).not.toContain('Max-Age');
    expect(await host.sql('SELECT id, remember FROM auth_session WHERE subject = $1', [user.id])).toEqual([
      { id: before.sid, remember: false },
    ]);
    const cookie = lines.map((line) => line.split(';', 1)[0]).join('; ');
    const remembered = await api('sign-in/email', { email: user.email, password: PASSWORD }, cookie);
    expect(remembered.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^better-auth\.session_token=.*Max-Age=604800/),
      expect.stringMatching(/^better-auth\.dont_remember=; Max-Age=0/),
    ]);
  });

  it('F46: a wrong password changes nothing', async () => {
    const answer = await api('sign-in/email', { email: user.email, password: 'not the password' });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([401, []]);
    expect(await current(host, browser.cookie)).toMatchObject({ session: { id: before.sid } });
  });

  it("F46: another user's sign-in ends the session as before, and its clients hear of it", async () => {
    const old = browser.cookie;
    const stranger = await browser.signUp();
    expect(await current(host, browser.cookie)).toMatchObject({ user: { id: stranger } });
    expect(await current(host, old)).toBeNull();
    await until('the client is told', () => receiver.seen.some(({ path }) => path === `/${forum.clientId}`));
    const told = decodeJwt(receiver.seen[0]!.form.get('logout_token')!);
    expect([told.sub, told['sid']]).toEqual([user.id, before.sid]);
    expect((await send(`${host.url}/api/auth/oauth2/userinfo`, { bearer: before.access })).status).toBe(401);
  });
});
