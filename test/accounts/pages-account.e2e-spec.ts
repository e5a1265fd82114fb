import { createTestApp, type TestApp } from '../support/app.js';
import { formOf, mainOf, notFresh, titleOf, Visitor } from '../support/account-pages.js';
import { Browser } from '../support/browser.js';
import { expectPage, sendForm, textOf, valueOf, visit } from '../support/pages.js';
import { signIn, TEST_PASSWORD } from '../support/users.js';

const ACCOUNT = '/api/auth/account';
const NEW_PASSWORD = 'another battery staple';
const password = (change: Record<string, string> = {}) => ({
  currentPassword: TEST_PASSWORD,
  newPassword: NEW_PASSWORD,
  ...change,
});

describe.each(['express', 'fastify'] as const)('the pages of an account on %s', (adapter) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ adapter });
  });
  afterAll(() => host.close());

  it('200 each page of the navigation, with one marked, and who is signed in', async () => {
    const ada = await Visitor.come(host);
    const first = await ada.open('/account');
    const links = [...first.text.matchAll(/<li><a href="(\/[^"]+)"/g)].map(([, href]) => href!);
    expect(links).toEqual([ACCOUNT, `${ACCOUNT}/sessions`, `${ACCOUNT}/delete`]);
    for (const path of links) {
      const page = await ada.open(path);
      expectPage(page);
      expect(page.text.match(/aria-current="page"/g)).toHaveLength(1);
      expect(page.text).toMatch(new RegExp(`href="${path}"\\s+aria-current="page"`));
      expect(page.text).toContain(ada.user.email);
      expect(titleOf(page)).toMatch(/ · localhost:3000$/);
    }
  });

  it('F35 every page and form sends whoever is not signed in to sign in, and they come back to the page', async () => {
    const ada = await Visitor.come(host);
    const pages = ['/account', '/account/sessions', '/account/delete'];
    const forms = {
      '/account/profile': 0,
      '/account/password': 0,
      '/account/sessions/end': 1,
      '/account/sessions/end-others': 1,
      '/account/delete': 2,
    };
    const stranger = new Browser();
    const signInFor = (path: string) => `/api/auth/sign-in?continue=${encodeURIComponent(`/api/auth${path}`)}`;
    for (const path of pages) expect((await visit(host, stranger, `/api/auth${path}`)).location).toBe(signInFor(path));
    for (const [action, index] of Object.entries(forms)) {
      const fields = { shownTo: ada.user.id, session: ada.user.sessionId, ...password() };
      const sent = await sendForm(host, stranger, `/api/auth${action}`, fields);
      expect([action, sent.status, sent.location]).toEqual([action, 303, signInFor(pages[index]!)]);
    }
    ada.browser.cookies.clear();
    const gone = await ada.signIn(signInFor('/account/sessions'));
    expect(gone.location).toBe('/api/auth/account/sessions');
    expectPage(await ada.open(gone.location!));
  });

  it('303 saves name and picture, says so once, and shows them again', async () => {
    const ada = await Visitor.come(host, 'Ada');
    const page = await ada.open('/account');
    expect([valueOf(page, 'name'), valueOf(page, 'image')]).toEqual(['Ada', '']);
    const saved = await ada.send(page, '/account/profile', { name: 'Ada L', image: 'https://ada.example/me.png' });
    expect([saved.status, saved.location]).toEqual([303, `${ACCOUNT}?done=saved`]);
    const after = await ada.follow(saved);
    expectPage(after);
    expect([textOf(after, 'done'), valueOf(after, 'name')]).toEqual(['Saved.', 'Ada L']);
    expect(valueOf(after, 'image')).toBe('https://ada.example/me.png');
    expect(textOf(await ada.open('/account'), 'done')).toBeNull();
    expect(textOf(await ada.open('/account?done=toString'), 'done')).toBeNull();
    await ada.submit(after, '/account/profile', { image: '' });
    expect(valueOf(await ada.open('/account'), 'image')).toBe('');
  });

  it.each([
    ['a missing name', '/account/profile', { name: ' ' }, 'name', 'Enter your name.'],
    ['an invisible name', '/account/profile', { name: '\u200b' }, 'name', 'at least one visible character'],
    [
      'a picture that is no web address',
      '/account/profile',
      { image: 'ftp://ada.example/me.png' },
      'image',
      'Enter a web address.',
    ],
    [
      'a wrong password',
      '/account/password',
      password({ currentPassword: 'wrong' }),
      'current-password',
      'The password is wrong.',
    ],
    ['a short password', '/account/password', password({ newPassword: 'x' }), 'new-password', 'too short'],
  ])(
    'F37 400 %s is told beside its field, in the title too, and what was entered stays',
    async (_name, action, entered, id, words) => {
      const ada = await Visitor.come(host, 'Ada');
      const refused = await ada.send(await ada.open('/account'), action, entered);
      expectPage(refused, refused.status);
      expect(refused.status).toBe(400);
      expect(titleOf(refused)).toBe('Error: Profile · localhost:3000');
      const [input] = new RegExp(`<input\\s+id="${id}"[^>]*>`).exec(refused.text)!;
      expect(input).toMatch(new RegExp(`aria-describedby="[^"]*${id}-fault"`));
      expect(input).toContain('aria-invalid="true"');
      expect(mainOf(refused).match(/aria-invalid/g)).toHaveLength(1);
      expect(textOf(refused, `${id}-fault`)).toContain(words);
      if ('image' in entered) expect(valueOf(refused, 'image')).toBe(entered.image);
      expect(refused.text).not.toContain(NEW_PASSWORD);
      expect(refused.text).toContain(`aria-current="page"`);
    },
  );

  it('T067 a hostile name and picture are escaped, and long ones are kept in bounds', async () => {
    const name = `<script>alert(1)</script>"'\`&${'\u05d0'.repeat(40)}`;
    const ada = await Visitor.come(host, name);
    const page = await ada.open('/account');
    expectPage(page);
    expect(valueOf(page, 'name')).toBe(name);
    const long = await ada.send(page, '/account/profile', { name: 'x'.repeat(10_000) });
    expect(long.status).toBe(400);
    expect(long.text.length).toBeLessThan(30_000);
    expect(valueOf(await ada.open('/account'), 'name')).toBe(name);
  });

  it('303 changes the password; other sessions end, this one goes on with another token', async () => {
    const ada = await Visitor.come(host);
    const elsewhere = await Visitor.at(host, ada.user);
    const before = ada.browser.cookieHeader();
    const done = await ada.submit(await ada.open('/account'), '/account/password', password());
    expectPage(done);
    expect(textOf(done, 'done')).toBe('Your password has been changed.');
    expect(ada.browser.cookieHeader()).not.toBe(before);
    expect((await elsewhere.open('/account')).status).toBe(303);
    await expect(signIn(host.url, ada.user.email)).rejects.toThrow();
    await signIn(host.url, ada.user.email, NEW_PASSWORD);
  });

  it('303 changes the password and leaves other sessions, if the box is not checked', async () => {
    const ada = await Visitor.come(host);
    const elsewhere = await Visitor.at(host, ada.user);
    const { endOthers: _checked, ...fields } = formOf(await ada.open('/account'), '/account/password');
    const sent = await sendForm(host, ada.browser, `${ACCOUNT}/password`, { ...fields, ...password() });
    expect(sent.location).toBe(`${ACCOUNT}?done=passwordChanged`);
    expectPage(await elsewhere.open('/account'));
  });

  it('F35 a password form that is sent twice is no error: it is changed', async () => {
    const ada = await Visitor.come(host);
    const page = await ada.open('/account');
    for (let time = 1; time <= 2; time++)
      expect((await ada.send(page, '/account/password', password())).location).toBe(`${ACCOUNT}?done=passwordChanged`);
    const twice = await Promise.all(
      [1, 2].map(() =>
        ada.send(page, '/account/password', password({ currentPassword: NEW_PASSWORD, newPassword: TEST_PASSWORD })),
      ),
    );
    for (const sent of twice) expect(sent.status).toBe(303);
  });

  it('F35 somebody else has signed in in another tab: a form does nothing, and says so', async () => {
    const ada = await Visitor.come(host);
    const page = await ada.open('/account');
    const toDelete = await ada.open('/account/delete');
    const bob = await Visitor.at(host, (await Visitor.come(host, 'Bob')).user, ada.browser);
    for (const [shown, action, entered] of [
      [page, '/account/profile', { name: 'Mallory' }],
      [page, '/account/password', password()],
      [toDelete, '/account/delete', { password: TEST_PASSWORD }],
    ] as const) {
      const told = await ada.submit(shown, action, entered);
      expectPage(told);
      expect(textOf(told, 'done')).toBe('You are signed in with another account now. Nothing has been changed.');
      expect(told.text).toContain(bob.user.email);
    }
    expect(valueOf(await bob.open('/account'), 'name')).toBe('Bob');
    await signIn(host.url, bob.user.email);
    await signIn(host.url, ada.user.email);
  });

  it('403 T067 a form of another site does nothing', async () => {
    const ada = await Visitor.come(host, 'Ada');
    const evil = new Browser('https://evil.example');
    for (const [name, cookie] of ada.browser.cookies) evil.cookies.set(name, cookie);
    const fields = {
      shownTo: ada.user.id,
      session: ada.user.sessionId,
      name: 'Mallory',
      password: TEST_PASSWORD,
      ...password(),
    };
    for (const action of ['profile', 'password', 'sessions/end', 'sessions/end-others', 'delete', 'sign-out']) {
      const refused = await sendForm(host, evil, `${ACCOUNT}/${action}`, fields);
      expect([action, refused.status]).toEqual([action, 403]);
    }
    expect(valueOf(await ada.open('/account'), 'name')).toBe('Ada');
  });

  it('F37 signing out and deleting are followed by a page of their own, which a reload does not send again', async () => {
    const ada = await Visitor.come(host);
    const shown = await ada.open('/account');
    const toDelete = await ada.open('/account/delete');
    for (let time = 1; time <= 2; time++) {
      const out = await ada.send(shown, '/account/sign-out');
      expect([out.status, out.location]).toEqual([303, `${ACCOUNT}/signed-out`]);
    }
    const bye = await ada.open('/account/signed-out');
    expectPage(bye);
    expect(mainOf(bye)).toContain('/api/auth/sign-in?continue=');
    await ada.signIn();
    expect((await ada.open('/account/signed-out')).location).toBe(ACCOUNT);

    const deleted = await ada.send(toDelete, '/account/delete', { password: TEST_PASSWORD });
    expect([deleted.status, deleted.location]).toEqual([303, `${ACCOUNT}/deleted`]);
    expectPage(await ada.follow(deleted));
    expect(ada.browser.cookies.has('better-auth.session_token')).toBe(false);
    await expect(signIn(host.url, ada.user.email)).rejects.toThrow();
    expect((await ada.send(toDelete, '/account/delete', { password: TEST_PASSWORD })).status).toBe(303);
  });

  it('400 F37 a wrong password deletes nothing; without one a fresh session does, and another is asked to sign in again', async () => {
    const ada = await Visitor.come(host);
    const page = await ada.open('/account/delete');
    const refused = await ada.send(page, '/account/delete', { password: 'wrong' });
    expectPage(refused, 400);
    expect(textOf(refused, 'password-fault')).toBe('The password is wrong.');
    expect(titleOf(refused)).toBe('Error: Delete account · localhost:3000');

    await notFresh(host, ada.user.id);
    const asked = await ada.send(page, '/account/delete');
    expectPage(asked, 403);
    expect(titleOf(asked)).toBe('Sign in again to continue · localhost:3000');
    const back = await ada.signIn(
      decodeURI(/id="sign-in"[^>]*href="([^"]*)"/.exec(asked.text)![1]!.replaceAll('&amp;', '&')),
    );
    expect(back.location).toBe(`${ACCOUNT}/delete`);
    const deleted = await ada.submit(await ada.follow(back), '/account/delete');
    expect(textOf(deleted, 'deleted')).not.toBeNull();
  });
});
