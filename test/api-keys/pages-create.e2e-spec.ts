import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { formOf, mainOf, notFresh, optionsOf, titleOf, Visitor } from '../support/account-pages.js';
import { Browser } from '../support/browser.js';
import { expectPage, sendForm, textOf, valueOf } from '../support/pages.js';

const KEYS = '/api/auth/account/api-keys';
const NEW = '/account/api-keys/new';
const DAY = 86_400;

describe.each(['express', 'fastify'] as const)('the form that makes a key on %s', (adapter) => {
  let host: KeyApp;
  beforeAll(async () => {
    host = await createKeyApp(
      {
        maxScopes: ['reports:read'],
        maxPermissions: { reports: ['read', 'write'], 'urn:files': ['read'] },
        maxPerOwner: 4,
        requireName: true,
        maxExpiresIn: '100d',
      },
      {
        adapter,
        auth: {
          jwt: true,
          oauthProvider: {
            scopes: {
              openid: { title: 'Know you' },
              'reports:read': { title: 'See <your> reports', description: 'All of them' },
            },
          },
        },
      },
    );
  });
  afterAll(() => host.close());
  const countOf = async (visitor: Visitor) =>
    (await host.sql('SELECT id FROM auth_api_key WHERE owner_id = $1', [visitor.user.id])).length;

  it('an empty list invites to make the first; what is entered makes a key, which is shown once and works', async () => {
    const ada = await Visitor.come(host);
    const empty = await ada.open('/account/api-keys');
    expectPage(empty);
    expect(textOf(empty, 'none')).toContain('There are no API keys yet');
    const page = await ada.open(/id="new-key"[^>]*href="([^"]*)"/.exec(empty.text)![1]!);
    expectPage(page);
    expect(page.text).toMatch(/aria-current="page">API keys/);
    expect(optionsOf(page, 'lifetime').map(Number)).toEqual([7 * DAY, 30 * DAY, 90 * DAY, 100 * DAY]);
    expect(mainOf(page)).toContain('See &lt;your&gt; reports');
    const sent = await ada.send(page, NEW, [
      ['name', ' CI '],
      ['lifetime', String(30 * DAY)],
      ['scope', 'reports:read'],
      ['permission', 'reports:read'],
      ['permission', 'urn:files:read'],
    ]);
    expect([sent.status, sent.headers.get('cache-control')]).toEqual([303, 'no-store']);
    expect(sent.location).toMatch(/^\/api\/auth\/account\/api-keys\/key\?id=[0-9a-f-]{36}&done=keyCreated$/);
    const shown = await ada.follow(sent);
    expectPage(shown);
    const secret = textOf(shown, 'secret')!;
    expect(secret).toMatch(/^sk_/);
    expect(textOf(shown, 'revealed')).toContain('It will not be shown again');
    expect((await host.use(secret, 'reports')).status).toBe(200);
    expect((await host.use(secret, 'scoped')).status).toBe(200);
    const [key] = (await host.call(ada.user, 'list')).body.apiKeys;
    expect(key).toMatchObject({
      name: 'CI',
      scopes: ['reports:read'],
      permissions: { reports: ['read'], 'urn:files': ['read'] },
    });
    expect(Math.round((Date.parse(key.expiresAt) - Date.now()) / 1000 / DAY)).toBe(30);
    for (const again of [await ada.follow(sent), await ada.open('/account/api-keys')]) {
      expect(textOf(again, 'secret')).toBeNull();
      expect(again.text).not.toContain(secret);
    }
    expect(sent.location + String(sent.headers.getSetCookie())).not.toContain(secret);
  });

  it('F35 a form that is sent twice makes one key, and loses no secret: one after the other, and at once', async () => {
    const ada = await Visitor.come(host);
    const page = await ada.open(NEW);
    const first = await ada.send(page, NEW, { name: 'one' });
    const secret = textOf(await ada.follow(first), 'secret')!;
    const second = await ada.send(page, NEW, { name: 'one' });
    expect(second.location).toBe(first.location);
    expect(textOf(await ada.follow(second), 'secret')).toBe(secret);
    expect(await countOf(ada)).toBe(1);

    const fresh = await ada.open(NEW);
    const many = await Promise.all(Array.from({ length: 4 }, () => ada.send(fresh, NEW, { name: 'two' })));
    expect(new Set(many.map(({ location }) => location)).size).toBe(1);
    expect(many[0]!.status).toBe(303);
    expect(await countOf(ada)).toBe(2);
    const other = textOf(await ada.follow(many[0]!), 'secret')!;
    for (const key of [secret, other]) expect((await host.use(key)).status).toBe(200);
    expect(other).not.toBe(secret);
  });

  it('F35 also the last key that the owner may have; a form sent again after a minute shows no secret', async () => {
    const ada = await Visitor.come(host);
    for (let key = 1; key <= 3; key++) await host.issue({ owner: ada.user, name: 'x' });
    const page = await ada.open(NEW);
    const [first, second] = [await ada.send(page, NEW, { name: 'last' }), await ada.send(page, NEW, { name: 'last' })];
    expect([first.status, second.location]).toEqual([303, first.location]);
    await host.sql(`UPDATE auth_api_key SET created_at = now() - interval '61 seconds' WHERE owner_id = $1`, [
      ada.user.id,
    ]);
    await host.call(ada.user, 'delete', { keyId: (await host.call(ada.user, 'list')).body.apiKeys.at(-1).id });
    const third = await ada.send(page, NEW, { name: 'last' });
    expect([third.status, third.location]).toEqual([303, KEYS]);
    expect(third.headers.getSetCookie()).toEqual([]);
    expect(await countOf(ada)).toBe(4);
  });

  it('T018 the order of a form makes another key for another user', async () => {
    const [ada, bob] = [await Visitor.come(host), await Visitor.come(host)];
    const page = await ada.open(NEW);
    const mine = await ada.follow(await ada.send(page, NEW, { name: 'x' }));
    const theirs = await bob.send(page, NEW, { name: 'x', shownTo: bob.user.id });
    const [first, second] = [textOf(mine, 'secret'), textOf(await bob.follow(theirs), 'secret')];
    expect([first, second].filter((one) => one?.startsWith('sk_'))).toHaveLength(2);
    expect(second).not.toBe(first);
    expect([await countOf(ada), await countOf(bob)]).toEqual([1, 1]);
    for (const order of ['', 'x', '0'.repeat(42), `${'0'.repeat(43)}!`])
      expect((await ada.send(page, NEW, { name: 'x', order })).status).toBe(400);
  });

  it.each([
    ['no name', '', 'Enter a name.'],
    ['a long name', 'x'.repeat(300), 'This name is too long.'],
    ['a name that turns the line around', 'a\u202eb', 'This name has characters that cannot be shown.'],
  ])('F37 400 %s is told beside the field, and what was chosen stays', async (_what, name, words) => {
    const ada = await Visitor.come(host);
    const refused = await ada.send(await ada.open(NEW), NEW, [
      ['name', name],
      ['lifetime', String(7 * DAY)],
      ['permission', 'reports:write'],
    ]);
    expectPage(refused, 400);
    expect(titleOf(refused)).toBe('Error: New API key · localhost:3000');
    expect(textOf(refused, 'name-fault')).toContain(words);
    expect(/<input\s+id="name"[^>]*>/.exec(refused.text)![0]).toContain('aria-invalid="true"');
    expect(valueOf(refused, 'name')).toBe(name);
    expect(formOf(refused, NEW)).toMatchObject({ lifetime: String(7 * DAY), permission: 'reports:write' });
    expect(await countOf(ada)).toBe(0);
  });

  it('403 F37 too many keys: told above the form', async () => {
    const ada = await Visitor.come(host);
    for (let key = 1; key <= 4; key++) await host.issue({ owner: ada.user, name: 'x' });
    const refused = await ada.send(await ada.open(NEW), NEW, { name: 'one more' });
    expectPage(refused, 403);
    expect(textOf(refused, 'error')).toContain('No further API key can be created');
    expect(mainOf(refused)).not.toContain('aria-invalid');
  });

  it('403 T017 more than the ceiling, or another lifetime than the configuration allows, makes no key', async () => {
    const ada = await Visitor.come(host);
    const page = await ada.open(NEW);
    const beyond: Record<string, string>[] = [
      { scope: 'admin' },
      { permission: 'reports:delete' },
      { permission: 'nothing' },
      { lifetime: String(101 * DAY) },
    ];
    for (const wider of beyond) {
      const refused = await ada.send(page, NEW, { name: 'x', ...wider });
      expect([wider, refused.status >= 400 && refused.status < 500]).toEqual([wider, true]);
      expectPage(refused, refused.status);
      expect(refused.text).toContain('aria-current="page"');
    }
    expect(await countOf(ada)).toBe(0);
    // Not offered: a key that does not expire. It gets the longest lifetime that there is.
    await ada.send(page, NEW, { name: 'x', lifetime: '0' });
    const [row] = await host.sql('SELECT expires_at FROM auth_api_key WHERE owner_id = $1', [ada.user.id]);
    expect(row!['expires_at']).not.toBeNull();
  });

  it('403 who signed in a day ago signs in again first, and comes back to the form', async () => {
    const ada = await Visitor.come(host);
    const page = await ada.open(NEW);
    await notFresh(host, ada.user.id);
    for (const asked of [await ada.open(`${NEW}?configuration=default`), await ada.send(page, NEW, { name: 'x' })]) {
      expectPage(asked, 403);
      const url = /id="sign-in"[^>]*href="([^"]*)"/.exec(asked.text)![1]!.replaceAll('&amp;', '&');
      expect(new URL(url, host.url).searchParams.get('continue')).toBe(`${KEYS}/new?configuration=default`);
      expect(asked.text).toContain(`href="${KEYS}"`);
    }
    const back = await ada.signIn(
      `/api/auth/sign-in?continue=${encodeURIComponent(`${KEYS}/new?configuration=default`)}`,
    );
    expectPage(await ada.follow(back));
    expect(await countOf(ada)).toBe(0);
  });

  it('F35 not signed in, or somebody else: no key is made', async () => {
    const ada = await Visitor.come(host);
    const page = await ada.open(NEW);
    const fields = { ...formOf(page, NEW), name: 'x' };
    const sent = await sendForm(host, new Browser(), `/api/auth${NEW}`, fields);
    expect(sent.location).toBe(`/api/auth/sign-in?continue=${encodeURIComponent(`${KEYS}/new?configuration=default`)}`);
    const bob = await Visitor.at(host, (await Visitor.come(host)).user, ada.browser);
    expect((await ada.send(page, NEW, { name: 'x' })).location).toBe(`${KEYS}?done=otherUser`);
    const evil = new Browser('https://evil.example');
    for (const [name, cookie] of bob.browser.cookies) evil.cookies.set(name, cookie);
    expect((await sendForm(host, evil, `/api/auth${NEW}`, { ...fields, shownTo: bob.user.id })).status).toBe(403);
    expect([await countOf(ada), await countOf(bob)]).toEqual([0, 0]);
  });
});
