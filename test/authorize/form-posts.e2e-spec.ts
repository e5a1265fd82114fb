import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { ask, CONTINUE } from '../support/authorization.js';
import { cookiesOf, send } from '../support/http.js';
import { Navigator, providerOptions, WEB } from '../support/oauth.js';
import { signUp } from '../support/users.js';

const SILENT = { ...WEB, clientId: 'silent', skipConsent: true };
const FORM = { origin: TEST_ISSUER, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };

describe("F42: a form of the host's page, sent by a browser", () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ auth: providerOptions({ loginPage: '/login', clients: [SILENT] }) });
  });
  afterAll(() => host.close());

  const query = async () => (await ask(new Navigator(host), SILENT)).location!.replace(/^[^?]*\?/, '');
  const submit = (route: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    send(`${host.url}${route}`, { body: new URLSearchParams(fields).toString(), headers: { ...FORM, ...headers } });

  it('sign-in/email, sign-up/email and oauth2/continue with oauth_query: a redirect with the code, and the cookie', async () => {
    const { email, password, cookie } = await signUp(host.url);
    const answers = [
      await submit('/api/auth/sign-in/email', { email, password, rememberMe: 'on', oauth_query: await query() }),
      await submit('/api/auth/sign-up/email', {
        email: `new-${email}`,
        password,
        name: '',
        oauth_query: await query(),
      }),
      await submit(CONTINUE, { oauth_query: await query() }, { cookie }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(303);
      expect(answer.headers.get('location')).toMatch(new RegExp(`^${WEB.redirectUris![0]}\\?.*code=`));
    }
    expect(answers.slice(0, 2).map((answer) => cookiesOf(answer).includes('session_token'))).toEqual([true, true]);
  });

  it('a callback address is gone to; what goes wrong is a page; a script and a program read JSON', async () => {
    const { email, password } = await signUp(host.url);
    const sent = await submit('/api/auth/sign-in/email', { email, password, callbackURL: '/home' });
    expect([sent.status, sent.headers.get('location')]).toEqual([303, '/home']);
    const refused = await submit('/api/auth/sign-in/email', { email, password: 'wrong password' });
    expect([refused.status, refused.headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8']);
    for (const accept of ['application/json', '*/*']) {
      const told = await submit('/api/auth/sign-in/email', { email, password, oauth_query: await query() }, { accept });
      expect([told.status, told.body.redirect]).toEqual([200, true]);
    }
  });

  it('the request has lost its client: the sign-in succeeds, and the browser gets to the error page', async () => {
    const { email, password } = await signUp(host.url);
    for (const asForm of [true, false]) {
      const fields = { email, password, oauth_query: await query() };
      await host.sql(`UPDATE auth_authorization_request SET client_id = 'gone'`);
      const url = '/api/auth/sign-in/email';
      const answer = asForm
        ? await submit(url, fields)
        : await send(`${host.url}${url}`, { body: fields, headers: { origin: TEST_ISSUER } });
      expect([answer.status, cookiesOf(answer).includes('session_token')]).toEqual([asForm ? 303 : 200, true]);
      const next = asForm ? answer.headers.get('location')! : answer.body.url;
      const page = await send(`${host.url}${next}`, { headers: { accept: 'text/html', cookie: cookiesOf(answer) } });
      expect([page.status, page.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    }
  });

  it('a query that is not ours signs nobody in', async () => {
    const { email, password } = await signUp(host.url);
    const refused = await submit('/api/auth/sign-in/email', { email, password, oauth_query: 'client_id=x&sig=y' });
    expect([refused.status, cookiesOf(refused)]).toEqual([400, '']);
  });
});
