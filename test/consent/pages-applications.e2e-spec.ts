import { createTestApp, type TestApp } from '../support/app.js';
import { mainOf, Visitor } from '../support/account-pages.js';
import { Browser } from '../support/browser.js';
import { send } from '../support/http.js';
import { exchange, Navigator, obtainCode, providerOptions, tokenRequest, APP, WEB } from '../support/oauth.js';
import { expectPage, sendForm, textOf, visit } from '../support/pages.js';

const APPLICATIONS = '/account/applications';
const WITHDRAW = `${APPLICATIONS}/withdraw`;
const HOSTILE = {
  clientId: 'hostile',
  clientSecret: 'hostile-secret-hostile-secret-01',
  name: `<script>alert(1)</script> & ${'x'.repeat(150)}`,
  redirectUris: ['https://hostile.example/callback'],
  scopes: ['openid', 'read:data'],
};

describe.each(['express', 'fastify'] as const)('the page of connected applications on %s', (adapter) => {
  let host: TestApp;
  beforeAll(async () => {
    const scopes = {
      openid: { title: 'Know you' },
      email: { title: 'See your address' },
      offline_access: { title: 'Stay connected' },
      'read:data': { title: 'Read <your> data', description: 'All of it' },
    };
    host = await createTestApp({ adapter, auth: providerOptions({ clients: [WEB, APP, HOSTILE], scopes }) });
  });
  afterAll(() => host.close());

  /** Somebody who has granted these clients something. */
  const come = async (...clients: (typeof WEB)[]) => {
    const navigator = new Navigator(host);
    const email = `granting-${crypto.randomUUID()}@example.com`;
    const id = await navigator.signUp(email);
    const codes = [];
    for (const client of clients)
      codes.push(
        await obtainCode(navigator, client, {
          scope: 'openid offline_access read:data'.replace(client === HOSTILE ? ' offline_access' : '', ''),
        }),
      );
    const user = {
      id,
      email,
      password: 'correct horse battery',
      token: '',
      sessionId: '',
      accessToken: '',
      refreshToken: '',
      cookie: '',
    };
    return { ada: await Visitor.at(host, user), codes };
  };

  it('200 nothing is connected yet', async () => {
    const page = await (await come()).ada.open(APPLICATIONS);
    expectPage(page);
    expect(textOf(page, 'none')).toBe('No application has access to your account.');
    expect(page.text).toMatch(/aria-current="page">Connected applications/);
  });

  it('200 T067 each with its name, escaped and cut, and what it may do in the words of the host', async () => {
    const { ada } = await come(WEB, HOSTILE);
    const page = await ada.open(APPLICATIONS);
    expectPage(page);
    const [hostile, web] = mainOf(page).split('class="client"').slice(1);
    expect(web).toContain('<bdi>Web</bdi>');
    expect(web).toContain('Read &lt;your&gt; data');
    expect(web).toContain('All of it');
    expect(web).toContain('Stay connected');
    expect(hostile).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(hostile).not.toContain('x'.repeat(60));
  });

  it('303 T084 takes back all that was granted to one, also when the form is sent twice', async () => {
    const { ada, codes } = await come(WEB, APP);
    const { body } = await exchange(host, WEB, codes[0]!);
    const page = await ada.open(APPLICATIONS);
    for (let time = 1; time <= 2; time++) {
      const sent = await ada.send(page, WITHDRAW, { client: 'web' });
      expect([sent.status, sent.location]).toEqual([303, `/api/auth${APPLICATIONS}?done=withdrawn`]);
    }
    const after = await ada.open(`${APPLICATIONS}?done=withdrawn`);
    expect(textOf(after, 'done')).toBe('Access has been removed.');
    expect(mainOf(after)).not.toContain('<bdi>Web</bdi>');
    expect(mainOf(after)).toContain('<bdi>App</bdi>');
    const refreshed = await tokenRequest(host, WEB, { grant_type: 'refresh_token', refresh_token: body.refresh_token });
    expect([refreshed.status, refreshed.body.error]).toEqual([400, 'invalid_grant']);
    expect((await send(`${host.url}/api/auth/oauth2/userinfo`, { bearer: body.access_token })).status).toBe(401);
    expect((await exchange(host, APP, codes[1]!)).status).toBe(200);
  });

  it('F35 T018 not signed in, another site, somebody else: nothing is taken back', async () => {
    const { ada, codes } = await come(WEB);
    const page = await ada.open(APPLICATIONS);
    const fields = { client: 'web', shownTo: ada.user.id };
    const signIn = `/api/auth/sign-in?continue=${encodeURIComponent(`/api/auth${APPLICATIONS}`)}`;
    expect((await visit(host, new Browser(), `/api/auth${APPLICATIONS}`)).location).toBe(signIn);
    expect((await sendForm(host, new Browser(), `/api/auth${WITHDRAW}`, fields)).location).toBe(signIn);
    const evil = new Browser('https://evil.example');
    for (const [name, cookie] of ada.browser.cookies) evil.cookies.set(name, cookie);
    expect((await sendForm(host, evil, `/api/auth${WITHDRAW}`, fields)).status).toBe(403);
    const { ada: bob } = await come(WEB);
    const bobs = await bob.open(APPLICATIONS);
    expect((await bob.send(bobs, WITHDRAW)).status).toBe(303);
    await Visitor.at(host, bob.user, ada.browser);
    expect((await ada.send(page, WITHDRAW)).location).toBe(`/api/auth${APPLICATIONS}?done=otherUser`);
    expect((await exchange(host, WEB, codes[0]!)).status).toBe(200);
  });
});
