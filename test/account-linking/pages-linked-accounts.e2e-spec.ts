import type { TestApp } from '../support/app.js';
import { mainOf, notFresh, titleOf, Visitor } from '../support/account-pages.js';
import { Browser } from '../support/browser.js';
import { accountsOf, createLinkingHost, linkThrough, somebody, type LinkingHost } from '../support/linking.js';
import { expectPage, sendForm, textOf, visit } from '../support/pages.js';
import { travel } from '../support/travel.js';

const METHODS = '/account/sign-in-methods';
const LINK = `${METHODS}/link`;
const UNLINK = `${METHODS}/unlink`;

describe.each(['express', 'fastify'] as const)('the page of ways to sign in on %s', (adapter) => {
  let linking: LinkingHost;
  let host: TestApp;
  beforeAll(async () => {
    linking = await createLinkingHost(
      {},
      {
        app: { adapter },
        idp: { providerIds: ['test-idp', 'other'] },
        overrides: { other: { displayName: '<b>Other</b> & Co' } },
      },
    );
    ({ host } = linking);
  });
  afterAll(() => linking.close());

  const come = async () => {
    const ada = await Visitor.come(host);
    somebody(linking.idp, { email: ada.user.email });
    await host.sql('UPDATE auth_user SET email_verified = true WHERE id = $1', [ada.user.id]);
    return ada;
  };
  const providersOf = async (visitor: Visitor) =>
    (await accountsOf(host, visitor.browser)).map(({ providerId }) => providerId);

  it('200 the password alone cannot be unlinked; each provider can be linked', async () => {
    const ada = await come();
    const page = await ada.open(METHODS);
    expectPage(page);
    expect(mainOf(page)).toContain('Password');
    expect(mainOf(page)).not.toContain(UNLINK);
    expect(mainOf(page).match(new RegExp(`action="[^"]*${LINK}"`, 'g'))).toHaveLength(2);
    expect(mainOf(page)).toContain('&lt;b&gt;Other&lt;/b&gt; &amp; Co');
    expect(page.text).toMatch(/aria-current="page">Ways to sign in/);
  });

  it('links an account through its provider, says so, and unlinks it again, also when the form is sent twice', async () => {
    const ada = await come();
    const going = await ada.send(await ada.open(METHODS), LINK, { provider: 'test-idp' });
    expectPage(going);
    const url = /id="onward" href="([^"]*)"/.exec(going.text)![1]!.replaceAll('&amp;', '&');
    const back = await travel(host, ada.browser, url);
    const linked = await ada.open(new URL(back.headers.get('location')!, host.url).pathname + '?done=linked');
    expectPage(linked);
    expect(textOf(linked, 'done')).toBe('The account has been linked.');
    expect(await providersOf(ada)).toEqual(['credential', 'test-idp']);

    const [, external] = await accountsOf(host, ada.browser);
    for (let time = 1; time <= 2; time++) {
      const sent = await ada.send(linked, UNLINK, { account: external!.id });
      expect([sent.status, sent.location]).toEqual([303, `/api/auth${METHODS}?done=unlinked`]);
    }
    expect(await providersOf(ada)).toEqual(['credential']);
    expect(textOf(await ada.open(`${METHODS}?done=unlinked`), 'done')).toBe('This way to sign in has been removed.');
  });

  it('T116 the last way to sign in stays, with words and a way on', async () => {
    const ada = await come();
    await linkThrough(host, ada.browser);
    const page = await ada.open(METHODS);
    const [own, external] = await accountsOf(host, ada.browser);
    await ada.send(page, UNLINK, { account: own!.id });
    const refused = await ada.send(page, UNLINK, { account: external!.id });
    expectPage(refused, 400);
    expect(titleOf(refused)).toMatch(/^Error: /);
    expect(textOf(refused, 'error')).toContain('This is your only way to sign in. Add another one first.');
    expect(refused.text).toContain(`href="/api/auth${METHODS}"`);
    expect(await providersOf(ada)).toEqual(['test-idp']);
  });

  it('T018 an account of somebody else stays, and nothing tells whether it is there', async () => {
    const bob = await come();
    await linkThrough(host, bob.browser);
    const [, theirs] = await accountsOf(host, bob.browser);
    const ada = await come();
    await linkThrough(host, ada.browser);
    const page = await ada.open(METHODS);
    const answers = [];
    for (const account of [theirs!.id, '01890000-0000-7000-8000-000000000000', 'x'])
      answers.push((await ada.send(page, UNLINK, { account })).location);
    expect(new Set(answers).size).toBe(1);
    expect(await providersOf(bob)).toEqual(['credential', 'test-idp']);
    expect(await providersOf(ada)).toEqual(['credential', 'test-idp']);
  });

  it('F35 not signed in, somebody else, another site, not fresh: nothing is linked or unlinked', async () => {
    const ada = await come();
    await linkThrough(host, ada.browser);
    const page = await ada.open(METHODS);
    const [, external] = await accountsOf(host, ada.browser);
    const forms = [
      [UNLINK, { account: external!.id }],
      [LINK, { provider: 'other' }],
    ] as const;
    const signIn = `/api/auth/sign-in?continue=${encodeURIComponent(`/api/auth${METHODS}`)}`;
    expect((await visit(host, new Browser(), `/api/auth${METHODS}`)).location).toBe(signIn);
    const evil = new Browser('https://evil.example');
    for (const [name, cookie] of ada.browser.cookies) evil.cookies.set(name, cookie);
    await notFresh(host, ada.user.id);
    for (const [action, entered] of forms) {
      const fields = { ...entered, shownTo: ada.user.id };
      expect((await sendForm(host, new Browser(), `/api/auth${action}`, fields)).location).toBe(signIn);
      expect((await sendForm(host, evil, `/api/auth${action}`, fields)).status).toBe(403);
      const asked = await ada.send(page, action, entered);
      expectPage(asked, 403);
      expect(titleOf(asked)).toContain('Sign in again to continue');
    }
    await Visitor.at(host, (await Visitor.come(host)).user, ada.browser);
    for (const [action, entered] of forms)
      expect((await ada.send(page, action, entered)).location).toBe(`/api/auth${METHODS}?done=otherUser`);
    const [count] = await host.sql('SELECT count(*)::int AS n FROM auth_linked_account WHERE subject = $1', [
      ada.user.id,
    ]);
    expect(count).toEqual({ n: 1 });
  });

  it('404 a provider that there is not', async () => {
    const ada = await come();
    expectPage(await ada.send(await ada.open(METHODS), LINK, { provider: 'nobody' }), 404);
  });
});
