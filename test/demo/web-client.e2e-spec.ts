import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { DEMO_CREDENTIALS, startDemo, type DemoProcess } from '../support/demo.js';
import { freePort } from '../support/free-port.js';
import { cookiesOf, send } from '../support/http.js';
import { Navigator } from '../support/oauth.js';
import { connectSql } from '../support/sql-client.js';
import { codeOf, TwoFactorHost } from '../support/two-factor.js';
import { until } from '../support/until.js';
import { signUp } from '../support/users.js';

describe('the web client of the demo', () => {
  let database: TestDatabase;
  let node: DemoProcess;
  let issuer: string;
  let client: string;
  beforeAll(async () => {
    const [port, clientPort] = [await freePort(), await freePort()];
    issuer = `http://localhost:${port}`;
    client = `http://127.0.0.1:${clientPort}`;
    database = await createTestDatabase();
    const env = { PORT: String(port), AUTH_ISSUER: issuer, AUTH_WEB_CLIENT_PORT: String(clientPort) };
    node = await startDemo(database.url, env);
    await node.ready();
  });
  afterAll(async () => {
    await node.end('SIGTERM');
    await database.drop();
  });

  /** Presses the button of the client. @returns the address of the question of consent, and the client's cookie */
  async function begin(browser: Navigator) {
    const begun = await send(`${client}/sign-in`);
    const { pathname, search } = new URL(begun.headers.get('location')!);
    const asked = await browser.get(pathname + search);
    const signedIn = await browser.post('/api/auth/sign-in', {
      ...DEMO_CREDENTIALS,
      continue: new URL(asked.location!, issuer).searchParams.get('continue')!,
    });
    const { location } = await browser.get(signedIn.location!);
    return { cookie: cookiesOf(begun), handle: new URL(location!, issuer).searchParams.get('request')! };
  }

  it('says that the user has refused', async () => {
    const browser = new Navigator(node, issuer);
    const { cookie, handle } = await begin(browser);
    const back = await browser.post('/api/auth/oauth2/consent', { consent_code: handle, accept: 'false' });
    const { status, text } = await send(back.location!, { headers: { cookie } });
    expect([status, text]).toEqual([400, expect.stringContaining('(access_denied)')]);
  });

  it('OIDC Core 3.1 signs a user in, calls the API for them, and signs them out', async () => {
    const browser = new Navigator(node, issuer);
    const { cookie, handle } = await begin(browser);
    const back = await browser.post('/api/auth/oauth2/consent', { consent_code: handle, accept: 'true' });
    expect(back.location).toMatch(`${client}/callback?`);
    expect((await send(back.location!, { headers: { cookie } })).headers.get('location')).toBe('/');
    const { text } = await send(`${client}/`, { headers: { cookie } });
    expect(text).toContain('Signed in as demo@example.com.');
    expect(text).toContain('&quot;clientId&quot;: &quot;demo-web&quot;');
    const out = new URL((await send(`${client}/sign-out`, { headers: { cookie } })).headers.get('location')!);
    expect((await browser.get(out.pathname + out.search)).location).toBe(`${client}/`);
    expect((await browser.get('/api/auth/account')).location).toContain('/sign-in');
  });

  it('RFC 9470: steps up by itself when the API wants a recent sign-in, and then has its answer', async () => {
    const browser = new Navigator(node, issuer);
    const signIn = async (from: string) => {
      const { pathname, search } = new URL(from);
      const asked = await browser.get(pathname + search);
      const { location } = await browser.post('/api/auth/sign-in', {
        ...DEMO_CREDENTIALS,
        continue: new URL(asked.location!, issuer).searchParams.get('continue')!,
      });
      return location!;
    };
    const begun = await send(`${client}/sign-in`);
    const get = (url: string) => send(url, { headers: { cookie: cookiesOf(begun) } });
    const resume = await signIn(begun.headers.get('location')!);
    const sql = await connectSql(database.url);
    try {
      // The sign-in was some time ago, and the demo has not kept it in memory.
      await sql.run(`UPDATE auth_session SET authenticated_at = now() - interval '10 minutes'`);
      await sql.run(`SELECT pg_notify('nest_authority', 'session:' || id) FROM auth_session`);
    } finally {
      await sql.close();
    }
    // They have agreed before.
    await get((await browser.get(resume)).location!);
    const wish = new URL((await get(`${client}/recent`)).headers.get('location')!);
    expect([wish.pathname, wish.searchParams.get('max_age')]).toEqual(['/api/auth/oauth2/authorize', '300']);
    const returned = await browser.get(await signIn(wish.href));
    expect((await get(returned.location!)).headers.get('location')).toBe('/recent?again');
    expect((await get(`${client}/recent?again`)).text).toContain('The API has answered');
    expect((await get(`${client}/recent`)).status).toBe(200);
  });

  it('RFC 9470: without a second factor says what is missing, and steps up once there is one', async () => {
    const user = await signUp(node.url);
    const browser = new Navigator(node, issuer);
    const { email, password } = user;
    const begun = await send(`${client}/sign-in`);
    const get = (url: string) => send(url, { headers: { cookie: cookiesOf(begun) } });
    const follow = (url: string) => {
      const { pathname, search } = new URL(url, issuer);
      return browser.get(pathname + search);
    };
    const signIn = async (from: string) => {
      const asked = new URL((await follow(from)).location!, issuer);
      const to = asked.searchParams.get('continue')!;
      return (await browser.post('/api/auth/sign-in', { email, password, continue: to })).location!;
    };
    const { location } = await follow(await signIn(begun.headers.get('location')!));
    const handle = new URL(location!, issuer).searchParams.get('request')!;
    await get((await browser.post('/api/auth/oauth2/consent', { consent_code: handle, accept: 'true' })).location!);

    const wish = (await get(`${client}/two-step`)).headers.get('location')!;
    expect(new URL(wish).searchParams.get('acr_values')).toBe('urn:nest-authority:acr:mfa');
    const weak = await get((await follow(wish)).location!);
    expect([weak.status, weak.text]).toEqual([400, expect.stringContaining('/api/auth/account/two-factor')]);

    // The factor ends the client's token, which it finds out; the new sign-in has a second step.
    const sql = await connectSql(database.url);
    try {
      const factor = new TwoFactorHost({ url: node.url, sql: (text, values) => sql.run(text, values) });
      const { secret } = await factor.enrolled(user);
      const anew = (await get(`${client}/two-step`)).headers.get('location')!;
      const challenge = new URL(await signIn(anew), issuer);
      expect(challenge.pathname).toBe('/api/auth/two-factor');
      const code = { kind: 'totp', code: codeOf(secret), continue: challenge.searchParams.get('continue')! };
      const returned = await follow((await browser.post('/api/auth/two-factor', code)).location!);
      expect((await get(returned.location!)).headers.get('location')).toBe('/two-step?again');
      expect((await get(`${client}/two-step?again`)).text).toContain('The API has answered');
    } finally {
      await sql.close();
    }
  });

  it('keeps its cookie at one address', async () => {
    const { port } = new URL(client);
    const { status, headers } = await send(`http://localhost:${port}/`);
    expect([status, headers.get('location')]).toEqual([302, client]);
  });

  it('is left out when its port is taken', async () => {
    const { port } = new URL(client);
    const own = await createTestDatabase();
    const other = await startDemo(own.url, { AUTH_WEB_CLIENT_PORT: port });
    await other.ready();
    await until('it says so', () => other.output().includes(`port ${port} is taken`));
    expect(await other.end('SIGTERM')).toBe(0);
    await own.drop();
  });
});
