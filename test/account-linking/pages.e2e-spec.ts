import { Browser } from '../support/browser.js';
import { TestContinuation, TestContinuationModule } from '../support/continuation.js';
import { createLinkingHost, localUser, somebody, userIdOf, type LinkingHost } from '../support/linking.js';
import { expectPage, sendForm, textOf, valueOf, visit } from '../support/pages.js';
import { locationOf, post, travel } from '../support/travel.js';

const HOSTILE = `Idp "><script>alert(1)</script>`;
const BUTTON = '/api/auth/sign-in/provider';

describe.each(['express', 'fastify'] as const)('providers on the sign-in page on %s', (adapter) => {
  let linking: LinkingHost;
  beforeAll(async () => {
    linking = await createLinkingHost(
      {},
      {
        app: { adapter, imports: [TestContinuationModule] },
        overrides: { 'test-idp': { displayName: HOSTILE } },
      },
    );
  });
  afterAll(() => linking.close());
  beforeEach(() => {
    TestContinuation.calls = [];
  });

  it('200 a button each, which begins a trip without script and comes back to the target with a session', async () => {
    const { host, idp } = linking;
    const { email } = somebody(idp);
    const browser = new Browser();
    const page = await visit(host, browser, '/api/auth/sign-in?continue=/home');
    expectPage(page);
    expect(page.text).toContain('Continue with <bdi>Idp &quot;&gt;&lt;script&gt;');
    const form = page.text.slice(page.text.indexOf(`action="${BUTTON}"`));
    const fields = { provider: valueOf({ ...page, text: form }, 'provider')!, continue: '/home' };
    expect([fields.provider, valueOf({ ...page, text: form }, 'continue')]).toEqual(['test-idp', '/home']);
    const onward = await sendForm(host, browser, BUTTON, fields);
    expectPage(onward);
    const url = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(onward.text)![1]!.replaceAll('&amp;', '&');
    expect(onward.text).toContain(`<a id="onward" href="${url.replaceAll('&', '&amp;')}"`);
    const arrived = await travel(host, browser, url);
    expect([arrived.status, locationOf(arrived)]).toEqual([302, '/home']);
    const [user] = await host.sql<{ id: string }>('SELECT id FROM auth_user WHERE email = $1', [email]);
    expect(await userIdOf(host, browser)).toBe(user!.id);
    expect(await host.sql('SELECT amr FROM auth_session WHERE subject = $1', [user!.id])).toEqual([{ amr: [] }]);
  });

  it('T069 403 a foreign target, 404 an unknown provider, T033 403 another site: error pages, no trip', async () => {
    const { host } = linking;
    const trips = () => host.sql('SELECT id FROM auth_link_state');
    const before = await trips();
    const good = { provider: 'test-idp', continue: '/home' };
    const own = new Browser();
    expectPage(await sendForm(host, own, BUTTON, { ...good, continue: 'https://evil.example' }), 403);
    expectPage(await sendForm(host, own, BUTTON, { ...good, provider: 'nobody' }), 404);
    expectPage(await sendForm(host, new Browser('https://evil.example'), BUTTON, good), 403);
    expect(await trips()).toEqual(before);
  });

  it('400 the page of a failed sign-in is one of ours and shows a code and nothing else', async () => {
    const page = await visit(linking.host, new Browser(), `/api/auth/error?error=${encodeURIComponent(HOSTILE)}`);
    expectPage(page, 400);
    expect(textOf(page, 'error')).toBe('Go back to where you came from and start again.');
    expect(textOf(page, 'error-details')).toMatch(/\s+unknown$/);
    // Links to other languages keep the query, encoded.
    expect(page.text.replaceAll(/ href="[^"]*"/g, '')).not.toContain('script');
    const known = await visit(linking.host, new Browser(), '/api/auth/error?error=state_mismatch');
    expect(textOf(known, 'error-details')).toMatch(/\s+state_mismatch$/);
  });

  it.each([
    ['account_not_linked', 'Sign in to it as before'],
    ['account_already_linked_to_different_user', 'linked to another account'],
    ['account_limit_reached', 'Unlink one'],
    ['signup_disabled', 'cannot be created this way'],
  ])('400 %s: trying again would not help, and the page says what would', async (code, words) => {
    const text = textOf(await visit(linking.host, new Browser(), `/api/auth/error?error=${code}`), 'error');
    expect(text).toContain(words);
    expect(text).not.toContain('try again');
  });

  it.each([
    ['sign-in/social', { provider: 'test-idp' }],
    ['sign-in/oauth2', { providerId: 'test-idp' }],
  ])(
    '302 %s with oauth_query: the callback takes the waiting request up, for new users too',
    async (route, provider) => {
      const { host, idp } = linking;
      somebody(idp);
      const browser = new Browser();
      const wish = { ...provider, callbackURL: '/home', newUserCallbackURL: '/welcome' };
      const begun = await post(host, browser, route, { ...wish, oauth_query: TestContinuation.GOOD });
      expect([begun.status, TestContinuation.calls]).toEqual([200, [null]]);
      expect(locationOf(await travel(host, browser, begun.body.url))).toBe(TestContinuation.WAITING);
      const bad = await post(host, browser, route, { ...wish, oauth_query: 'sig=bad' });
      expect([bad.status, bad.body.code]).toEqual([400, 'INVALID_SIGNATURE']);
    },
  );

  it('200 linking knows no oauth_query', async () => {
    const { host, idp } = linking;
    const { email } = somebody(idp);
    const { browser } = await localUser(host, email);
    const wish = { provider: 'test-idp', callbackURL: '/settings', oauth_query: 'sig=bad' };
    const begun = await post(host, browser, 'link-social', wish);
    expect(locationOf(await travel(host, browser, begun.body.url))).toBe('/settings');
  });
});
