import { AuthEvents, UsersService } from '../../src/index.js';
import { admin, aged, createHostWithAdministrators, signedInWith } from '../support/administrators.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { guarded, refresh } from '../support/tokens.js';
import { signIn, signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';

const NEW_PASSWORD = 'another horse, another staple';
interface Route {
  readonly route: string;
  readonly body?: (userId: string) => object;
  readonly fresh?: true;
}

/** Each route, with a body that is good for the user; `fresh`: it needs a session that has just proved itself. */
const ROUTES: readonly Route[] = [
  { route: 'list-users' },
  { route: 'get-user?id=' },
  { route: 'create-user', body: () => ({ email: `made-${Math.random()}@example.com`, name: 'Made' }) },
  { route: 'update-user', body: (userId) => ({ userId, data: { name: 'Other' } }) },
  { route: 'list-user-sessions', body: (userId) => ({ userId }) },
  { route: 'revoke-user-session', body: () => ({ sessionToken: 'unknown' }) },
  { route: 'revoke-user-sessions', body: (userId) => ({ userId }) },
  { route: 'ban-user', body: (userId) => ({ userId }) },
  { route: 'unban-user', body: (userId) => ({ userId }) },
  { route: 'set-role', body: (userId) => ({ userId, role: 'editor' }), fresh: true },
  { route: 'set-user-password', body: (userId) => ({ userId, newPassword: NEW_PASSWORD }), fresh: true },
  { route: 'impersonate-user', body: (userId) => ({ userId }), fresh: true },
  { route: 'remove-user', body: (userId) => ({ userId }), fresh: true },
];

describe('administration of users', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let administrator: SignedInUser;
  let user: SignedInUser;
  let editor: SignedInUser;
  let stale: SignedInUser;
  let impersonator: string;
  beforeAll(async () => {
    host = await createHostWithAdministrators({ cacheTtl: 0, mail: mailbox.mail });
    administrator = await signedInWith(host, 'admin');
    editor = await signedInWith(host, 'editor');
    stale = await signedInWith(host, 'admin');
    await aged(host, stale.sessionId);
    const begun = await admin(host, 'impersonate-user', administrator.token, { userId: editor.id });
    impersonator = begun.body.session.token;
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await signUp(host.url);
  });

  const act = (route: string, body: object) => admin(host, route, administrator.token, body);

  it.each(ROUTES)(
    '$route: 401 for strangers, 403 for users and who acts as one, 200 with an event for administrators',
    async ({ route: name, body, fresh }) => {
      const target = await host.app.get(UsersService).create({ email: `target-${Math.random()}@example.com` });
      const as = (bearer?: string) =>
        admin(host, name.endsWith('=') ? name + target!.id : name, bearer, body?.(target!.id));
      const refused = { status: 403, body: { code: expect.stringMatching(/^YOU_ARE_NOT_ALLOWED_TO_|^IMPERSONATED$/) } };
      expect(await as()).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
      for (const bearer of [editor.token, editor.accessToken, impersonator])
        expect(await as(bearer)).toMatchObject(refused);
      const before = await host.app.get(UsersService).find(target!.id);
      expect(before).toEqual(target);
      const old = await as(stale.token);
      expect([old.status, old.body.code]).toEqual(fresh ? [403, 'SESSION_NOT_FRESH'] : [200, undefined]);
      const heard: unknown[] = [];
      const stop = host.app.get(AuthEvents).on('user.administered', (event) => void heard.push(event));
      const answer = await as(administrator.token);
      stop();
      expect([answer.status, answer.text.includes('nas_')]).toEqual([200, name === 'impersonate-user']);
      const action = name.split('?')[0];
      expect(heard).toEqual([expect.objectContaining({ action, actorId: administrator.id, ipAddress: '127.0.0.1' })]);
    },
  );

  it('404 where the host has named no administrators', async () => {
    const plain = await createTestApp({ databaseUrl: host.databaseUrl });
    const others: Route[] = ['stop-impersonating', 'has-permission'].map((route) => ({ route, body: () => ({}) }));
    for (const { route, body } of [...ROUTES, ...others])
      for (const bearer of [undefined, administrator.token])
        expect((await admin(plain, route, bearer, body?.(user.id))).status).toBe(404);
    await plain.close();
  });

  it('set-role ends sessions and tokens, and the next sign-in has the role', async () => {
    expect(await act('set-role', { userId: user.id, role: ['editor'] })).toMatchObject({
      status: 200,
      body: { user: { id: user.id, role: 'editor', roles: ['editor'] } },
    });
    expect(await guarded(host, user.token)).toBe(401);
    expect(await guarded(host, user.accessToken)).toBe(401);
    expect((await refresh(host, user.refreshToken)).status).toBe(401);
    const again = await signIn(host.url, user.email);
    const session = await send(`${host.url}/api/auth/get-session`, { bearer: again.token });
    expect(session.body.user.roles).toEqual(['editor']);
    expect((await act('set-role', { userId: user.id, role: 'user' })).body.user).toMatchObject({
      role: 'user',
      roles: [],
    });
  });

  it.each(['superduper', 'admin,superduper', 'user,superduper', ''])('400 for the role %j', async (role) => {
    const code = 'YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE';
    expect(await act('set-role', { userId: user.id, role })).toMatchObject({ status: 400, body: { code } });
    const made = await act('create-user', { email: 'role@example.com', name: 'R', role });
    expect(made).toMatchObject({ status: 400, body: { code } });
    expect(await host.app.get(UsersService).findByEmail('role@example.com')).toBeNull();
    expect(await guarded(host, user.token)).toBe(200);
  });

  it('create-user holds to the rules of passwords, and to one user for an address', async () => {
    const [email, name] = ['short@example.com', 'Short'];
    expect((await act('create-user', { email, name, password: 'short' })).body.code).toBe('PASSWORD_TOO_SHORT');
    expect((await act('create-user', { email, name, password: 'iloveyou' })).body.code).toBe('PASSWORD_COMPROMISED');
    const made = await act('create-user', {
      email,
      name,
      password: TEST_PASSWORD,
      role: 'admin',
      data: { emailVerified: true },
    });
    expect(made.body.user).toMatchObject({ email, role: 'admin', emailVerified: true, banned: false });
    await signIn(host.url, email);
    const again = await act('create-user', { email: email.toUpperCase(), name });
    expect(again).toMatchObject({ status: 400, body: { code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL' } });
    expect((await act('create-user', { email: 'x@example.com', name, data: { banned: true } })).status).toBe(400);
  });

  it('set-user-password ends what the old one opened', async () => {
    expect(await act('set-user-password', { userId: user.id, newPassword: 'short' })).toMatchObject({ status: 400 });
    expect(await guarded(host, user.token)).toBe(200);
    const done = await act('set-user-password', { userId: user.id, newPassword: NEW_PASSWORD });
    expect([done.status, done.body]).toEqual([200, { status: true }]);
    expect(await guarded(host, user.token)).toBe(401);
    expect(await guarded(host, user.accessToken)).toBe(401);
    await signIn(host.url, user.email, NEW_PASSWORD);
  });

  it.each([
    [{}, 'NO_DATA_TO_UPDATE'],
    [{ password: 'x' }, 'PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER'],
    [{ id: 'x' }, 'USER_ID_CANNOT_BE_UPDATED'],
    [{ roles: ['admin'] }, 'FIELD_NOT_ALLOWED'],
    [{ role: 'admin' }, 'FIELD_NOT_ALLOWED'],
    [{ banned: false }, 'FIELD_NOT_ALLOWED'],
    [{ name: 7 }, 'VALIDATION_ERROR'],
    [{ email: 'no address' }, 'INVALID_EMAIL'],
  ])('400 to update %j', async (data, code) => {
    expect(await act('update-user', { userId: user.id, data })).toMatchObject({ status: 400, body: { code } });
  });

  it('update-user changes name, picture and address; the address ends sessions', async () => {
    const data = { name: 'Ada', image: 'https://example.com/ada.png' };
    expect((await act('update-user', { userId: user.id, data })).body).toMatchObject({ ...data, id: user.id });
    expect(await guarded(host, user.token)).toBe(200);
    await host.app.get(UsersService).markVerified(user.id);
    const email = `moved-${user.email}`;
    const moved = await act('update-user', { userId: user.id, data: { email } });
    expect(moved.body).toMatchObject({ email, emailVerified: true });
    expect(await guarded(host, user.token)).toBe(401);
    // Told, and not taken back by who reads the old mailbox.
    const told = (await mailbox.newest('email-changed', user.email)).content;
    expect([told.newEmail, told.url]).toEqual([email, null]);
    const taken = await act('update-user', { userId: user.id, data: { email: administrator.email } });
    expect(taken).toMatchObject({ status: 400, body: { code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL' } });
  });

  it('sessions are shown by a handle, which ends them and opens nothing', async () => {
    const { sessions } = (await act('list-user-sessions', { userId: user.id })).body;
    expect(sessions).toEqual([expect.objectContaining({ userId: user.id, token: user.sessionId })]);
    expect(await guarded(host, sessions[0].token)).toBe(401);
    expect((await act('revoke-user-session', { sessionToken: sessions[0].token })).body).toEqual({ success: true });
    expect(await guarded(host, user.token)).toBe(401);
  });

  it.each([
    'ban-user',
    'unban-user',
    'set-role',
    'remove-user',
    'set-user-password',
    'impersonate-user',
    'update-user',
  ])('404 to %s somebody who is not there', async (route) => {
    const body = { userId: 'nobody', role: 'editor', newPassword: NEW_PASSWORD, data: { name: 'x' } };
    expect(await act(route, body)).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });
    expect((await act(route, { ...body, userId: 'a\0b' })).status).toBe(400);
  });

  it('nobody bans or removes themselves', async () => {
    const userId = administrator.id;
    expect((await act('ban-user', { userId })).body.code).toBe('YOU_CANNOT_BAN_YOURSELF');
    expect((await act('remove-user', { userId })).body.code).toBe('YOU_CANNOT_REMOVE_YOURSELF');
    expect((await act('impersonate-user', { userId })).body.code).toBe('YOU_CANNOT_IMPERSONATE_YOURSELF');
  });

  it('has-permission tells what a role may', async () => {
    const may = async (bearer: string, permissions: object) =>
      (await admin(host, 'has-permission', bearer, { permissions })).body;
    expect(await may(administrator.token, { user: ['ban', 'list'], session: ['revoke'] })).toEqual({
      error: null,
      success: true,
    });
    expect(await may(administrator.token, { user: ['impersonate-admins'] })).toEqual({ error: null, success: false });
    expect(await may(administrator.token, { toString: ['name'] })).toEqual({ error: null, success: false });
    expect(await may(administrator.token, {})).toEqual({ error: null, success: false });
    expect(await may(user.token, { user: ['list'] })).toEqual({ error: null, success: false });
  });
});
