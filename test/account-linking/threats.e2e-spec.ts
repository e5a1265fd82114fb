import type { TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import type { IdentityProvider } from '../support/identity-provider.js';
import {
  accountsOf,
  createLinkingHost,
  linkThrough,
  localUser,
  signInThrough,
  somebody,
  userIdOf,
  type LinkingHost,
} from '../support/linking.js';
import { atHost, locationOf, post, travel, visitProvider } from '../support/travel.js';

const MISMATCH = 'http://localhost:3000/api/auth/error?error=state_mismatch';

describe('account linking against a real OpenID provider', () => {
  let linking: LinkingHost;
  let host: TestApp;
  let idp: IdentityProvider;
  beforeAll(async () => {
    linking = await createLinkingHost({}, { idp: { providerIds: ['test-idp', 'second-idp'] } });
    ({ host, idp } = linking);
  });
  afterAll(() => linking.close());

  const begin = async (browser: Browser, route = 'sign-in/social', body: object = { provider: 'test-idp' }) =>
    (await post(host, browser, route, { callbackURL: '/home', ...body })).body.url as string;
  const accounts = async () =>
    (await host.sql<{ count: number }>('SELECT count(*)::int AS count FROM auth_linked_account'))[0]!.count;
  const sessions = async () =>
    (await host.sql<{ count: number }>('SELECT count(*)::int AS count FROM auth_session'))[0]!.count;

  /** Whatever is presented: a redirect with this error, no session, no link. */
  async function expectNothing(present: () => Promise<Response>, location: string): Promise<void> {
    const before = [await accounts(), await sessions()];
    const answer = await present();
    expect([answer.status, locationOf(answer)]).toEqual([302, location]);
    expect(answer.headers.getSetCookie().filter((line) => line.includes('session_token'))).toEqual([]);
    expect([await accounts(), await sessions()]).toEqual(before);
  }

  describe('T111 state', () => {
    it('T111 missing, unknown, and tokens of other kinds in its place', async () => {
      const browser = new Browser();
      await begin(browser);
      const user = await localUser(host, somebody(idp).email);
      const session = decodeURIComponent(user.browser.cookies.get('better-auth.session_token')!.value).split('.')[0]!;
      const at = (query: string) => browser.fetch(`${host.url}/api/auth/callback/test-idp?${query}`);
      await expectNothing(() => at('code=x'), 'http://localhost:3000/api/auth/error?error=state_not_found');
      for (const state of ['unknown', session, 'a'.repeat(43)])
        await expectNothing(() => at(`code=x&state=${state}`), MISMATCH);
    });

    it('T111 a state opens no session and is no token', async () => {
      const state = new URL(await begin(new Browser())).searchParams.get('state')!;
      const answer = await fetch(`${host.url}/api/auth/list-sessions`, {
        headers: { authorization: `Bearer ${state}` },
      });
      expect(answer.status).toBe(401);
    });

    it('T111 one-shot: the second of two presentations gets nothing, also at the same moment', async () => {
      somebody(idp);
      const browser = new Browser();
      const back = await visitProvider(await begin(browser));
      const cookie = browser.cookieHeader();
      const present = () => fetch(atHost(host, back), { headers: { cookie }, redirect: 'manual' });
      const answers = await Promise.all([present(), present(), present(), present()]);
      expect(answers.map(locationOf).sort()).toEqual(['/home', MISMATCH, MISMATCH, MISMATCH].sort());
      await expectNothing(present, MISMATCH);
    });

    it('T111 from another browser: nothing, and the right browser still arrives', async () => {
      somebody(idp);
      const browser = new Browser();
      const back = atHost(host, await visitProvider(await begin(browser)));
      await expectNothing(() => new Browser().fetch(back), MISMATCH);
      const stranger = new Browser();
      await begin(stranger);
      await expectNothing(() => stranger.fetch(back), MISMATCH);
      const forged = browser.cookieHeader().replace(/\.[^.]*$/, '.AAAA');
      await expectNothing(() => fetch(back, { headers: { cookie: forged }, redirect: 'manual' }), MISMATCH);
      expect(locationOf(await browser.fetch(back))).toBe('/home');
    });

    it('T111 at another provider or the other route: nothing', async () => {
      somebody(idp);
      const browser = new Browser();
      const back = atHost(host, await visitProvider(await begin(browser)));
      await expectNothing(() => browser.fetch(back.replace('callback/test-idp', 'callback/second-idp')), MISMATCH);
      await expectNothing(() => browser.fetch(back.replace('/callback/', '/oauth2/callback/')), MISMATCH);
      expect(locationOf(await browser.fetch(back))).toBe('/home');
    });

    it('T111 expired: nothing', async () => {
      somebody(idp);
      const browser = new Browser();
      const back = atHost(host, await visitProvider(await begin(browser)));
      await host.sql(`UPDATE auth_link_state SET expires_at = now()`);
      await expectNothing(() => browser.fetch(back), MISMATCH);
    });

    it('T111 purpose: a link that was begun signs nobody in, a sign-in links nothing to the user signed in', async () => {
      const { email } = somebody(idp);
      const { browser, id } = await localUser(host, email);
      const before = browser.cookies.get('better-auth.session_token')!.value;
      expect(locationOf(await linkThrough(host, browser))).toBe('/settings');
      expect(browser.cookies.get('better-auth.session_token')!.value).toBe(before);
      expect((await accountsOf(host, browser)).map(({ userId }) => userId)).toEqual([id, id]);
      somebody(idp, { email: 'somebody.else@example.com' });
      expect(locationOf(await signInThrough(host, browser))).toBe('/home');
      expect(await userIdOf(host, browser)).not.toBe(id);
      const owners = await host.sql(`SELECT 1 FROM auth_linked_account WHERE subject = $1`, [id]);
      expect(owners).toHaveLength(1);
    });

    it('T111 another user in the same browser: a link that Ada began does not end with Eve', async () => {
      const { email } = somebody(idp);
      const ada = await localUser(host, email);
      const back = atHost(host, await visitProvider(await begin(ada.browser, 'link-social')));
      const eve = await localUser(host, somebody(idp).email);
      const cookies = new Map([...ada.browser.cookies, ...eve.browser.cookies]);
      ada.browser.cookies.clear();
      for (const [name, cookie] of cookies) ada.browser.cookies.set(name, cookie);
      await expectNothing(() => ada.browser.fetch(back), MISMATCH);
    });

    it('T111 the session that began to link has ended: nothing', async () => {
      const { email } = somebody(idp);
      const { browser } = await localUser(host, email);
      const url = await begin(browser, 'link-social');
      await post(host, browser, 'sign-out', {});
      await expectNothing(() => travel(host, browser, url), MISMATCH);
    });
  });

  describe('T112 automatic linking by e-mail', () => {
    const refused = 'http://localhost:3000/api/auth/error?error=account_not_linked';

    it('T112 not even with both sides verified, while the provider is not trusted with it', async () => {
      const { email } = somebody(idp);
      await localUser(host, email);
      await expectNothing(() => signInThrough(host, new Browser()), refused);
    });

    it('T112 a signed-in user links an unverified or another address only where the host allows it', async () => {
      const unverified = somebody(idp, { email_verified: false });
      const ada = await localUser(host, unverified.email);
      await expectNothing(
        () => linkThrough(host, ada.browser),
        'http://localhost:3000/api/auth/error?error=email_not_verified',
      );
      somebody(idp);
      await expectNothing(
        () => linkThrough(host, ada.browser),
        'http://localhost:3000/api/auth/error?error=email_does_not_match',
      );
    });
  });
});

describe('account linking with a provider that is trusted with e-mail addresses', () => {
  let linking: LinkingHost;
  let host: TestApp;
  let idp: IdentityProvider;
  beforeAll(async () => {
    linking = await createLinkingHost({ linking: { trustedProviders: ['test-idp'] } });
    ({ host, idp } = linking);
  });
  afterAll(() => linking.close());

  const refused = 'http://localhost:3000/api/auth/error?error=account_not_linked';

  it.each([
    [true, true, '/home'],
    [false, true, refused],
    [true, false, refused],
    [false, false, refused],
  ])('T112 verified here %s, there %s: %s', async (here, there, location) => {
    const { email } = somebody(idp, { email_verified: there });
    const { id } = await localUser(host, email, here);
    const browser = new Browser();
    expect(locationOf(await signInThrough(host, browser))).toBe(location);
    expect(await userIdOf(host, browser)).toBe(location === '/home' ? id : null);
  });

  it.each([
    ['\u212Aelvin', 'kelvin'],
    ['d\u0131d\u0131', 'didi'],
    ['\uFF41da', 'ada'],
    ['stra\u00DFe', 'strasse'],
    ['plus+tag', 'plus'],
    ['do.ts', 'dots'],
  ])('T114 %s@ is not %s@', async (theirs, ours) => {
    const { id } = await localUser(host, `${ours}@example.com`);
    somebody(idp, { email: `${theirs}@example.com` });
    const browser = new Browser();
    await signInThrough(host, browser);
    expect(await userIdOf(host, browser)).not.toBe(id);
  });

  it('T114 case and surrounding space are one address: the same user', async () => {
    const { id } = await localUser(host, 'grace@example.com');
    somebody(idp, { email: '  GRACE@Example.com ' });
    const browser = new Browser();
    await signInThrough(host, browser);
    expect(await userIdOf(host, browser)).toBe(id);
  });

  it("T114 sign-up with the Kelvin sign takes nobody's address: 400 INVALID_EMAIL", async () => {
    const body = { email: '\u212Aelvin@example.com', password: 'correct horse battery staple', name: 'Eve' };
    const answer = await post(host, new Browser(), 'sign-up/email', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_EMAIL']);
  });
});
