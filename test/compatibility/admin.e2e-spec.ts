import { createAuthClient as createClient17 } from 'better-auth/client';
import { adminClient as adminClient17 } from 'better-auth/client/plugins';
import { createAuthClient as createClient16 } from 'better-auth-16/client';
import { adminClient as adminClient16 } from 'better-auth-16/client/plugins';
import { createHostWithAdministrators, signedInWith } from '../support/administrators.js';
import type { TestApp } from '../support/app.js';
import { freshEmail, NEW_PASSWORD, PASSWORD, type LooseClient } from '../support/better-auth-clients.js';
import { Browser } from '../support/browser.js';
import { TEST_PASSWORD } from '../support/users.js';

const VERSIONS = [
  { version: '1.7.25', create: createClient17 as unknown as (options: object) => LooseClient, plugin: adminClient17 },
  { version: '1.6.34', create: createClient16 as unknown as (options: object) => LooseClient, plugin: adminClient16 },
];

describe.each(VERSIONS)('better-auth/client $version with adminClient()', ({ create, plugin }) => {
  let host: TestApp;
  let browser: Browser;
  let admin: LooseClient;
  let client: LooseClient;
  beforeAll(async () => {
    host = await createHostWithAdministrators();
    const { email } = await signedInWith(host, 'admin');
    browser = new Browser();
    client = clientIn(browser);
    admin = client['admin']!;
    await client['signIn']!['email']!({ email, password: TEST_PASSWORD });
  });
  afterAll(() => host?.close());

  const clientIn = (one: Browser) =>
    create({ baseURL: host.url, plugins: [plugin()], fetchOptions: { customFetchImpl: one.fetch } });
  const made = async (more: object = {}) =>
    (await admin['createUser']!({ email: freshEmail(), name: 'Ada', password: PASSWORD, ...more })).data.user;

  it('createUser, getUser and listUsers, searched, filtered, sorted and by pages', async () => {
    const one = await made({ name: 'Zora Found', role: 'editor' });
    const two = await made({ name: 'Zora Second', role: ['editor', 'admin'] });
    expect(one).toMatchObject({ name: 'Zora Found', role: 'editor', banned: false });
    expect((await admin['getUser']!({ query: { id: one.id } } as object)).data).toMatchObject({
      id: one.id,
      role: 'editor',
    });
    const list = async (query: object) => (await admin['listUsers']!({ query })).data;
    const found = { searchValue: 'zora', searchField: 'name' };
    expect(await list({ ...found, sortBy: 'name' })).toMatchObject({
      total: 2,
      users: [{ id: one.id }, { id: two.id }],
    });
    expect(await list({ ...found, sortBy: 'name', sortDirection: 'desc', limit: 1 })).toMatchObject({
      total: 2,
      limit: 1,
      users: [{ id: two.id }],
    });
    expect((await list({ ...found, limit: 1, offset: 1, sortBy: 'name' })).users).toMatchObject([{ id: two.id }]);
    expect((await list({ ...found, searchOperator: 'ends_with', searchValue: 'second' })).total).toBe(1);
    expect((await list({ ...found, searchOperator: 'starts_with', searchValue: 'zora f' })).total).toBe(1);
    const filtered = async (filterField: string, filterValue: unknown, filterOperator = 'eq') =>
      (await list({ ...found, filterField, filterValue, filterOperator })).total;
    expect(await filtered('role', 'admin')).toBe(1);
    expect(await filtered('role', 'admin', 'ne')).toBe(1);
    expect(await filtered('role', 'user')).toBe(0);
    expect(await filtered('emailVerified', true)).toBe(0);
    expect(await filtered('banned', false)).toBe(2);
    expect(await filtered('createdAt', '2020-01-01', 'gt')).toBe(2);
    for (const [filterField, filterValue] of [
      ['password', 'x'],
      ['password_hash', 'x'],
      ['banned', 'maybe'],
      ['hasRole', 'true'],
    ])
      expect((await admin['listUsers']!({ query: { filterField, filterValue } })).error).toMatchObject({ status: 400 });
    expect((await admin['listUsers']!({ query: { sortBy: 'password_hash' } })).error).toMatchObject({ status: 400 });
  });

  it('updateUser, setRole, setUserPassword', async () => {
    const { id, email } = await made();
    expect((await admin['updateUser']!({ userId: id, data: { name: 'Other' } })).data).toMatchObject({
      id,
      name: 'Other',
    });
    expect((await admin['setRole']!({ userId: id, role: ['editor', 'admin'] })).data.user.role).toBe('editor,admin');
    expect((await admin['setRole']!({ userId: id, role: 'superduper' })).error).toMatchObject({
      status: 400,
      code: 'YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE',
    });
    expect((await admin['setUserPassword']!({ userId: id, newPassword: NEW_PASSWORD })).data).toEqual({ status: true });
    const signedIn = await clientIn(new Browser())['signIn']!['email']!({ email, password: NEW_PASSWORD });
    expect(signedIn.error).toBeNull();
  });

  it('banUser and unbanUser, listUserSessions, revokeUserSession and revokeUserSessions', async () => {
    const { id, email } = await made();
    const theirs = clientIn(new Browser());
    const signIn = () => theirs['signIn']!['email']!({ email, password: PASSWORD });
    const isIn = async () => (await theirs['getSession']!()).data !== null;
    await signIn();
    const { sessions } = (await admin['listUserSessions']!({ userId: id })).data;
    expect(await isIn()).toBe(true);
    expect((await admin['revokeUserSession']!({ sessionToken: sessions[0].token })).data).toEqual({ success: true });
    expect(await isIn()).toBe(false);
    await signIn();
    expect((await admin['revokeUserSessions']!({ userId: id })).data).toEqual({ success: true });
    expect(await isIn()).toBe(false);
    await signIn();
    const banned = await admin['banUser']!({ userId: id, banReason: 'spam', banExpiresIn: 60 });
    expect(banned.data.user).toMatchObject({ banned: true, banReason: 'spam', banExpires: expect.anything() });
    expect([await isIn(), (await signIn()).error?.code]).toEqual([false, 'BANNED_USER']);
    expect((await admin['unbanUser']!({ userId: id })).data.user).toMatchObject({ banned: false, banReason: null });
    expect((await signIn()).error).toBeNull();
  });

  it('impersonateUser and stopImpersonating, by the cookies of one browser', async () => {
    const { id } = await made();
    const begun = await admin['impersonateUser']!({ userId: id });
    expect(begun.data).toMatchObject({ user: { id }, session: { userId: id, impersonatedBy: expect.any(String) } });
    const shown = (await client['getSession']!()).data;
    expect([shown.user.id, shown.session.impersonatedBy]).toEqual([id, begun.data.session.impersonatedBy]);
    expect((await client['updateUser']!({ name: 'X' })).error).toMatchObject({ status: 403, code: 'IMPERSONATED' });
    expect((await admin['listUsers']!({ query: {} })).error).toMatchObject({ status: 403 });
    const stopped = await admin['stopImpersonating']!();
    expect(stopped.data.user.id).toBe(begun.data.session.impersonatedBy);
    expect((await client['getSession']!()).data.user.id).toBe(stopped.data.user.id);
    expect((await admin['stopImpersonating']!()).error).toMatchObject({
      status: 400,
      message: 'You are not impersonating anyone',
    });
  });

  it('hasPermission and removeUser', async () => {
    const { id } = await made();
    const may = await admin['hasPermission']!({ permissions: { user: ['delete'] } });
    expect(may.data).toEqual({ error: null, success: true });
    expect((await admin['removeUser']!({ userId: id })).data).toEqual({ success: true });
    expect((await admin['removeUser']!({ userId: id })).error).toMatchObject({ status: 404 });
    expect((await admin['getUser']!({ query: { id } } as object)).error).toMatchObject({ status: 404 });
  });
});
