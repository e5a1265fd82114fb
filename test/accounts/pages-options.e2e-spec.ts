import { AuthError } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { expectPage, sendForm, textOf, visit } from '../support/pages.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';
import { HostPorts } from '../../src/common/ports/port.js';

const PATH = '/api/auth/sign-in';

describe('pages of accounts under options', () => {
  let host: TestApp | undefined;
  afterEach(() => host?.close());
  const start = async (accounts: object, more: object = {}) => {
    host = await createTestApp({ auth: { accounts, ...more } });
    return host;
  };
  const fields = (email: string) => ({ name: 'Ada', email, password: TEST_PASSWORD, continue: '/home' });

  it('429 the limits are those of the JSON route, told on the page with Retry-After', async () => {
    const app = await start({}, { rateLimits: true });
    const { email } = await signUp(app.url);
    const guess = () => sendForm(app, new Browser(), PATH, { email, password: 'wrong password' });
    expectPage(await guess(), 401);
    await app.sql(`UPDATE auth_rate_limit SET points = 10 WHERE key LIKE 'sign-in-pair:%'`);
    const page = await guess();
    expectPage(page, 429);
    expect(textOf(page, 'error')).toBe('Too many attempts. Wait 10 minutes, then try again.');
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('400 without sign-up there is neither page nor link, and prompt=create leads to the sign-in page', async () => {
    const app = await start({ signUp: { enabled: false } });
    for (const page of [
      await visit(app, new Browser(), '/api/auth/sign-up'),
      await sendForm(app, new Browser(), '/api/auth/sign-up', fields('a@example.com')),
    ]) {
      expect(page.status).toBe(400);
      expect(textOf(page, 'error')).toContain('New accounts cannot be created here.');
    }
    expect((await visit(app, new Browser(), PATH)).text).not.toContain('Create one');
    const { signInUrl } = urls(app);
    expect(signInUrl('/x', { signUp: true })).toBe('/api/auth/sign-in?continue=%2Fx');
  });

  it('200 a sign-up that starts no session leads to the sign-in page; 403 an address that is not verified', async () => {
    const app = await start({ requireEmailVerification: true });
    const browser = new Browser();
    const page = await sendForm(app, browser, '/api/auth/sign-up', fields('b@example.com'));
    expectPage(page);
    expect(textOf(page, 'signed-up')).toBe('Verify your e-mail address, then sign in.');
    expect(page.text).toContain('href="/api/auth/sign-in?continue=%2Fhome"');
    const refused = await sendForm(app, browser, PATH, fields('b@example.com'));
    expectPage(refused, 403);
    expect(textOf(refused, 'error')).toBe('Verify your e-mail address first: open the message that we have sent you.');
    expect(browser.cookies.size).toBe(0);
  });

  it('403 the veto of the host, in its words as text', async () => {
    const veto = () => {
      throw AuthError.forbidden('CLOSED', 'Closed on <b>Sundays</b>');
    };
    const app = await start({ hooks: { beforeSignIn: veto } });
    await sendForm(app, new Browser(), '/api/auth/sign-up', fields('c@example.com'));
    const page = await sendForm(app, new Browser(), PATH, fields('c@example.com'));
    expectPage(page, 403);
    expect(page.text).toContain('Closed on &lt;b&gt;Sundays&lt;/b&gt;');
  });

  it('200 under a global prefix the addresses of the page move with it', async () => {
    host = await createTestApp({ configure: (app) => app.setGlobalPrefix('v1') });
    const page = await visit(host, new Browser(), '/v1/api/auth/sign-in');
    expectPage(page);
    expect(page.text).toContain('action="/v1/api/auth/sign-in"');
    const { signInUrl } = urls(host);
    expect(signInUrl('/v1/x?a=b', { loginHint: 'ada@example.com', signUp: true })).toBe(
      '/v1/api/auth/sign-up?continue=%2Fv1%2Fx%3Fa%3Db&login_hint=ada%40example.com',
    );
  });

  it('503 the database away: an error page', async () => {
    const app = await start({});
    await app.sql('ALTER TABLE auth_user RENAME TO auth_user_gone');
    const page = await sendForm(app, new Browser(), PATH, fields('d@example.com'));
    expect(page.status).toBeGreaterThanOrEqual(500);
    expectPage(page, page.status);
    expect(page.text).not.toContain('auth_user');
  });

  const urls = (app: TestApp) => {
    const flow = app.app.get(HostPorts).signInFlow.get();
    return { signInUrl: flow.signInUrl.bind(flow) };
  };
});
