import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { formOf, mainOf, notFresh, optionsOf, Visitor } from '../support/account-pages.js';
import { Browser } from '../support/browser.js';
import { expectPage, sendForm, textOf, visit } from '../support/pages.js';

const KEYS = '/account/api-keys';
const KEY = `${KEYS}/key`;
const HOUR = 3_600;

describe.each(['express', 'fastify'] as const)('the page of a key on %s', (adapter) => {
  let host: KeyApp;
  beforeAll(async () => {
    host = await createKeyApp({ rotationOverlap: '2h', maxRotationOverlap: '7d' }, { adapter });
  });
  afterAll(() => host.close());

  const withKey = async (name: string | null = 'CI') => {
    const ada = await Visitor.come(host);
    const key = await host.issue({ owner: ada.user, name });
    return { ada, key, page: await ada.open(`${KEY}?id=${key.id}`) };
  };
  const addressOf = (id: string, done: string) => `/api/auth${KEY}?id=${id}&done=${done}`;

  it('200 says what it is, and never what it is secret', async () => {
    const { ada, key, page } = await withKey();
    expectPage(page);
    for (const shown of [page, await ada.open(KEYS)]) {
      expect(mainOf(shown)).toContain(`${key.start}…`);
      expect(mainOf(shown)).toContain('0 requests in the last 30 days');
      expect(shown.text).not.toContain(key.key);
    }
    expect(page.text).toMatch(/aria-current="page">API keys/);
  });

  it('303 stops a key and lets it work again, each also when it is sent twice', async () => {
    const { ada, key, page } = await withKey();
    for (let time = 1; time <= 2; time++)
      expect((await ada.send(page, `${KEYS}/enable`)).location).toBe(addressOf(key.id, 'keyDisabled'));
    expect((await host.use(key.key)).status).toBe(401);
    const stopped = await ada.open(addressOf(key.id, 'keyDisabled'));
    expect([textOf(stopped, 'done'), textOf(stopped, 'enable')]).toEqual(['The key has been disabled.', 'Enable key']);
    expect(mainOf(stopped)).toContain('<span class="tag">disabled</span>');
    const works = await ada.submit(stopped, `${KEYS}/enable`);
    expect(textOf(works, 'enable')).toBe('Disable key');
    expect((await host.use(key.key)).status).toBe(200);
  });

  it('303 replaces a key: the new one is shown once, the old one lives on for the overlap', async () => {
    const { ada, key, page } = await withKey();
    expect(optionsOf(page, 'overlap').map(Number)).toEqual([0, HOUR, 2 * HOUR, 24 * HOUR, 168 * HOUR]);
    expect(formOf(page, `${KEYS}/rotate`)['overlap']).toBe(String(2 * HOUR));
    const shown = await ada.submit(page, `${KEYS}/rotate`, { overlap: String(HOUR) });
    expectPage(shown);
    const secret = textOf(shown, 'secret')!;
    for (const one of [secret, key.key]) expect((await host.use(one)).status).toBe(200);
    const [row] = await host.sql<{ seconds: number }>(
      'SELECT extract(epoch FROM expires_at - now())::int AS seconds FROM auth_api_key WHERE id = $1',
      [key.id],
    );
    expect(Math.round(row!.seconds / 60)).toBe(60);
    const before = await ada.open(`${KEY}?id=${key.id}`);
    expect(mainOf(before)).toContain('<span class="tag">replaced</span>');
    expect(textOf(before, 'rotate')).toBeNull();
    const successor = await ada.open(/id="successor" href="([^"]*)"/.exec(before.text)![1]!);
    expectPage(successor);
    expect(successor.text).not.toContain(secret);
  });

  it('F35 a rotation that is sent twice makes one key, and loses no secret; from another tab it leads to the new key', async () => {
    const { ada, key, page } = await withKey();
    const elsewhere = await ada.open(`${KEY}?id=${key.id}`);
    const [one, two] = await Promise.all([1, 2].map(() => ada.send(page, `${KEYS}/rotate`)));
    expect([one!.status, two!.location]).toEqual([303, one!.location]);
    const secret = textOf(await ada.follow(one!), 'secret')!;
    expect((await host.use(secret)).status).toBe(200);
    expect(textOf(await ada.follow(await ada.send(page, `${KEYS}/rotate`)), 'secret')).toBe(secret);
    const late = await ada.send(elsewhere, `${KEYS}/rotate`);
    expect([late.location, late.headers.getSetCookie()]).toEqual([one!.location, []]);
    expect(await host.sql('SELECT id FROM auth_api_key WHERE owner_id = $1', [ada.user.id])).toHaveLength(2);
  });

  it('303 deletes a key after a page that asks, also when it is sent twice', async () => {
    const { ada, key, page } = await withKey();
    const asked = await ada.open(/id="delete-key"[^>]*href="([^"]*)"/.exec(page.text)![1]!);
    expectPage(asked);
    expect((await host.use(key.key)).status).toBe(200);
    for (let time = 1; time <= 2; time++)
      expect((await ada.send(asked, `${KEYS}/delete`)).location).toBe(`/api/auth${KEYS}?done=keyDeleted`);
    const list = await ada.open(`${KEYS}?done=keyDeleted`);
    expect(textOf(list, 'done')).toBe('The key has been deleted.');
    expect(list.text).not.toContain(key.id);
    expect((await host.use(key.key)).status).toBe(401);
    const gone = await ada.open(`${KEY}?id=${key.id}`);
    expectPage(gone, 404);
    expect(gone.text).toMatch(/aria-current="page">API keys/);
  });

  it('T018 a key of somebody else is a page that is not there, and nothing happens to it', async () => {
    const { key } = await withKey();
    const { ada, page } = await withKey();
    for (const id of [key.id, '01890000-0000-7000-8000-000000000000', 'x', `' OR 1=1 --`]) {
      for (const path of [KEY, `${KEYS}/delete`])
        expectPage(await ada.open(`${path}?id=${encodeURIComponent(id)}`), 404);
      for (const action of ['enable', 'rotate']) expectPage(await ada.send(page, `${KEYS}/${action}`, { id }), 404);
      const asked = await ada.open(/id="delete-key"[^>]*href="([^"]*)"/.exec(page.text)![1]!);
      expectPage(await ada.send(asked, `${KEYS}/delete`, { id }), 404);
    }
    expect((await host.keys.get(key.id)).enabled).toBe(true);
    expect((await host.use(key.key)).status).toBe(200);
    // Nor is a key that somebody else has deleted one that this user has.
    await host.keys.delete(key.id);
    const asked = await ada.open(/id="delete-key"[^>]*href="([^"]*)"/.exec(page.text)![1]!);
    expectPage(await ada.send(asked, `${KEYS}/delete`, { id: key.id }), 404);
  });

  it('F35 not signed in, or somebody else: back to the key, and nothing happens to it', async () => {
    const { ada, key, page } = await withKey();
    const asked = await ada.open(`${KEYS}/delete?id=${key.id}`);
    const signIn = `/api/auth/sign-in?continue=${encodeURIComponent(`/api/auth${KEY}?id=${key.id}`)}`;
    expect((await visit(host, new Browser(), `/api/auth${KEY}?id=${key.id}`)).location).toBe(signIn);
    const evil = new Browser('https://evil.example');
    for (const [name, cookie] of ada.browser.cookies) evil.cookies.set(name, cookie);
    const forms = [
      [page, `${KEYS}/enable`],
      [page, `${KEYS}/rotate`],
      [asked, `${KEYS}/delete`],
    ] as const;
    for (const [shown, action] of forms) {
      const fields = formOf(shown, action);
      expect((await sendForm(host, new Browser(), `/api/auth${action}`, fields)).location).toBe(signIn);
      expect((await sendForm(host, evil, `/api/auth${action}`, fields)).status).toBe(403);
    }
    await Visitor.at(host, (await Visitor.come(host)).user, ada.browser);
    for (const [shown, action] of forms)
      expect((await ada.send(shown, action)).location).toBe(`/api/auth${KEYS}?done=otherUser`);
    expect((await host.use(key.key)).status).toBe(200);
    expect((await host.keys.get(key.id)).rotatedTo).toBeNull();
  });

  it('403 a rotation after a day asks to sign in again, and leads back to the key', async () => {
    const { ada, key, page } = await withKey();
    await notFresh(host, ada.user.id);
    const asked = await ada.send(page, `${KEYS}/rotate`);
    expectPage(asked, 403);
    expect(asked.text).toContain(encodeURIComponent(`/api/auth${KEY}?id=${key.id}`));
    expect((await host.keys.get(key.id)).rotatedTo).toBeNull();
  });

  it('a key that has ended can only be deleted, and says why', async () => {
    const { ada, key, page } = await withKey();
    await host.keys.revoke(key.id);
    const revoked = await ada.open(`${KEY}?id=${key.id}`);
    expect(mainOf(revoked)).toContain('<span class="tag">revoked</span>');
    expect([textOf(revoked, 'rotate'), textOf(revoked, 'enable')]).toEqual([null, null]);
    expect(textOf(revoked, 'delete-key')).not.toBeNull();
    const refused = await ada.send(page, `${KEYS}/enable`);
    expectPage(refused, 400);
    expect(textOf(refused, 'error')).toContain('This key has been revoked.');
  });

  it('T067 a hostile name is escaped and isolated; a key without one has words', async () => {
    const name = `<script>alert(1)</script>"'\`& \u05e9\u05dc\u05d5\u05dd ${'x'.repeat(60)}`;
    const { ada, page } = await withKey(name);
    for (const shown of [page, await ada.open(KEYS)]) {
      expectPage(shown);
      expect(mainOf(shown)).toContain('<bdi>&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&#96;&amp;');
    }
    const { ada: bob } = await withKey(null);
    expect(mainOf(await bob.open(KEYS))).toContain('Without a name');
  });
});
