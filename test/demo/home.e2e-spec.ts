import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { Browser } from '../support/browser.js';
import { DEMO_CREDENTIALS, startDemo, type DemoProcess } from '../support/demo.js';
import { freePort } from '../support/free-port.js';
import { send } from '../support/http.js';
import { sendForm, textOf, valueOf, visit } from '../support/pages.js';
import { until } from '../support/until.js';

const ADMINISTRATOR = { email: 'admin@example.com', password: 'admin-password' };

describe.each(['express', 'fastify'])('the pages of the demo on %s', (adapter) => {
  let database: TestDatabase;
  let demo: DemoProcess;
  let issuer: string;
  beforeAll(async () => {
    const port = await freePort();
    issuer = `http://localhost:${port}`;
    database = await createTestDatabase();
    const env = { AUTH_HTTP_ADAPTER: adapter, PORT: String(port), AUTH_ISSUER: issuer };
    demo = await startDemo(database.url, { ...env, AUTH_WEB_CLIENT_PORT: String(await freePort()) });
    await demo.ready();
  });
  afterAll(async () => {
    await demo.end('SIGTERM');
    await database.drop();
  });

  const signIn = async (user: { email: string; password: string }) => {
    const browser = new Browser(issuer);
    expect((await sendForm(demo, browser, '/api/auth/sign-in', user)).status).toBe(303);
    return browser;
  };

  it('has a first page that leads to all there is to try, and names its users', async () => {
    const page = await visit(demo, new Browser(issuer), '/');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    for (const { email, password } of [DEMO_CREDENTIALS, ADMINISTRATOR])
      for (const shown of [email, password]) expect(page.text).toContain(shown);
    const links = [...page.text.matchAll(/href="([^"]+)"/g)].map(([, href]) => new URL(href!, demo.url).href);
    expect(links.length).toBeGreaterThanOrEqual(6);
    for (const link of links) expect([link, (await send(link)).status < 400]).toEqual([link, true]);
    for (const id of ['two-factor', 'passkeys', 'by-mail']) expect(page.text).toContain(`id="${id}"`);
    expect((await send(`${demo.url}/docs-json`)).body.paths).not.toHaveProperty('/television');
  });

  it('offers passkeys, a link and a code where people sign in', async () => {
    const { text } = await visit(demo, new Browser(issuer), '/api/auth/sign-in');
    for (const way of ['data-passkey="get"', '/api/auth/sign-in-link?', '/api/auth/sign-in-code?'])
      expect(text).toContain(way);
  });

  it('RFC 9470 3 shows in its API document what a route wants, as its challenge says it', async () => {
    const { paths } = (await send(`${demo.url}/docs-json`)).body;
    const challengeOf = (path: string) => paths[path].get.responses['401'].headers['WWW-Authenticate'].example;
    expect(challengeOf('/ping/two-step')).toBe(
      'Bearer error="insufficient_user_authentication", acr_values="urn:nest-authority:acr:mfa"',
    );
    expect(challengeOf('/ping/recent')).toBe('Bearer error="insufficient_user_authentication", max_age="300"');
    const { body } = await send(`${demo.url}/api/auth/sign-in/email`, { body: DEMO_CREDENTIALS });
    const refused = await send(`${demo.url}/ping/two-step`, { bearer: body.accessToken });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/error="insufficient_user_authentication".*acr_values="urn:nest-authority:acr:mfa"/),
    ]);
  });

  it('keeps its mail where everybody reads it, so that a new password can be tried', async () => {
    const browser = new Browser(issuer);
    expect((await visit(demo, browser, '/mailbox')).text).toContain('Nothing has come yet');
    const body = { email: `lost-${adapter}@example.com`, password: 'correct horse battery staple', name: '<Ada>' };
    await send(`${demo.url}/api/auth/sign-up/email`, { body });
    expect((await sendForm(demo, browser, '/api/auth/recover', { email: body.email })).status).toBe(303);
    const linkIn = async () =>
      /href="([^"]+reset-password[^"]+)"/
        .exec((await visit(demo, browser, '/mailbox')).text)?.[1]
        ?.replaceAll('&amp;', '&');
    await until('the message is there', async () => (await linkIn()) !== undefined);
    const link = new URL((await linkIn())!);
    const opened = new URL((await visit(demo, browser, link.pathname + link.search)).location!);
    const form = { token: opened.searchParams.get('token')!, password: 'another horse, another staple' };
    expect((await sendForm(demo, browser, '/api/auth/new-password', form)).status).toBe(303);
    await signIn({ email: body.email, password: form.password });
  });

  it('F37 404 a page for browsers at addresses of the demo and of the library, JSON for programs', async () => {
    for (const path of ['/nothing', '/television/nothing', '/api/auth/nothing']) {
      const page = await visit(demo, new Browser(issuer), path);
      expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
      expect(page.text).toMatch(/<h1>Page not found<\/h1>[^]*<a [^>]*href="\/(api\/auth\/account)?"/);
      const answer = await send(demo.url + path);
      expect([answer.status, answer.body.statusCode]).toEqual([404, 404]);
    }
  });

  it('opens the administration to its administrator, by page and by route, and to nobody else', async () => {
    const [administrator, user] = [await signIn(ADMINISTRATOR), await signIn(DEMO_CREDENTIALS)];
    expect((await visit(demo, administrator, '/api/auth/administration/clients')).text).toContain('demo-tv');
    const denied = await visit(demo, user, '/api/auth/administration/clients');
    expect([denied.status, denied.text.includes('demo-tv')]).toEqual([403, false]);
    const routes = async (browser: Browser) =>
      (await send(`${demo.url}/api/auth/admin/oauth-clients`, { headers: { cookie: browser.cookieHeader() } })).status;
    expect([await routes(administrator), await routes(user), await routes(new Browser(issuer))]).toEqual([
      200, 401, 401,
    ]);
    // What acts for an administrator does not administer.
    const { body } = await send(`${demo.url}/api/auth/api-key/create`, {
      headers: { cookie: administrator.cookieHeader(), origin: issuer },
      body: { name: 'mine' },
    });
    for (const name of ['x-api-key', 'authorization'])
      expect((await send(`${demo.url}/api/auth/admin/oauth-clients`, { headers: { [name]: body.key } })).status).toBe(
        401,
      );
  });

  it('RFC 8628 3.3 has a television that shows a code and its picture, and greets the user who allows it', async () => {
    const [television, phone] = [new Browser(issuer), await signIn(DEMO_CREDENTIALS)];
    expect(textOf(await visit(demo, television, '/television'), 'state')).toMatch(/Nobody is signed in/);
    expect((await sendForm(demo, television, '/television/on', {})).location).toBe('/television');
    const page = await visit(demo, television, '/television');
    expect(page.text).toMatch(/<meta http-equiv="refresh" content="5">[^]*<svg /);
    const code = textOf(page, 'user-code')!;
    const confirm = await sendForm(demo, phone, '/device', { user_code: code });
    expect(valueOf(confirm, 'user_code')).toBe(code);
    expect((await sendForm(demo, phone, '/device', { user_code: code, action: 'approve' })).status).toBe(303);
    const name = async () => textOf(await visit(demo, television, '/television'), 'name');
    await until('the television has polled', async () => (await name()) !== null);
    expect(await name()).toBe('Hello, Demo User');
    await sendForm(demo, television, '/television/off', {});
    expect(textOf(await visit(demo, television, '/television'), 'state')).toMatch(/Nobody is signed in/);
  });

  it('RFC 8628 3.5 says on the television that the request was denied', async () => {
    const [television, phone] = [new Browser(issuer), await signIn(DEMO_CREDENTIALS)];
    await sendForm(demo, television, '/television/on', {});
    const code = textOf(await visit(demo, television, '/television'), 'user-code')!;
    await sendForm(demo, phone, '/device', { user_code: code });
    await sendForm(demo, phone, '/device', { user_code: code, action: 'deny' });
    const state = async () => textOf(await visit(demo, television, '/television'), 'state');
    await until('the television has polled', async () => (await state()) !== null);
    expect(await state()).toMatch(/was denied/);
  });
});
