import { readFileSync } from 'node:fs';
import { createTestApp, type TestApp } from '../support/app.js';
import { CLIENTS, ClientKit, NEW_PASSWORD, PASSWORD, type LooseClient } from '../support/better-auth-clients.js';

describe.each(CLIENTS)('better-auth/client $version on $adapter', ({ version, adapter, create }) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ adapter });
  });
  afterAll(() => host.close());
  const { cookieClient, bearerClient, plainClient, signedUp } = new ClientKit(create, () => host.url);

  it('is the version that it is said to be', () => {
    const name = version === '1.7.25' ? 'better-auth' : 'better-auth-16';
    const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8')).version).toBe(version);
  });

  describe('cookie mode', () => {
    it('signUp, getSession: the user with revived dates, no bearer header needed', async () => {
      const { browser, client, email: address, data } = await signedUp();
      expect(data.user).toMatchObject({ email: address, name: 'Ada', emailVerified: false, image: null });
      expect(data.user.createdAt).toBeInstanceOf(Date);
      const session = await client['getSession']!();
      expect(session.error).toBeNull();
      expect(session.data.user.id).toBe(data.user.id);
      expect(session.data.session.userId).toBe(data.user.id);
      for (const name of ['expiresAt', 'createdAt', 'updatedAt'])
        expect(session.data.session[name]).toBeInstanceOf(Date);
      expect(browser.lastRequest!.headers.has('authorization')).toBe(false);
      expect(browser.lastResponse!.headers.get('cache-control')).toContain('no-store');
      expect(browser.lastResponse!.headers.get('pragma')).toBe('no-cache');
    });

    it('signIn, then signOut: the cookies are cleared and the session is null, not an error', async () => {
      const { email: address } = await signedUp();
      const { browser, client } = cookieClient();
      const signIn = await client['signIn']!['email']!({ email: address, password: PASSWORD });
      expect(signIn).toMatchObject({ error: null, data: { redirect: false, user: { email: address } } });
      const stale = browser.cookieHeader();
      const signOut = await client['signOut']!();
      expect(browser.lastRequest).toMatchObject({ method: 'POST' });
      expect(signOut).toMatchObject({ data: { success: true }, error: null });
      expect(browser.cookies.size).toBe(0);
      expect(await client['getSession']!()).toMatchObject({ data: null, error: null });
      const replay = await fetch(`${host.url}/api/auth/get-session`, { headers: { cookie: stale } });
      expect([replay.status, await replay.text()]).toEqual([200, 'null']);
      expect(await client['signOut']!()).toMatchObject({ data: { success: true }, error: null });
    });

    it('listSessions, revokeSession: the other browser is signed out, this one is not', async () => {
      const { client, email: address } = await signedUp();
      const other = cookieClient();
      await other.client['signIn']!['email']!({ email: address, password: PASSWORD });
      const otherSession = (await other.client['getSession']!()).data.session;
      const list = (await client['listSessions']!()).data;
      expect(list).toHaveLength(2);
      expect(list[0].expiresAt).toBeInstanceOf(Date);
      const entry = list.find((session: { id: string }) => session.id === otherSession.id);
      expect(await client['revokeSession']!({ token: entry.token })).toMatchObject({
        data: { status: true },
        error: null,
      });
      expect((await other.client['getSession']!()).data).toBeNull();
      expect((await client['getSession']!()).data).not.toBeNull();
      expect((await client['listSessions']!()).data).toHaveLength(1);
    });

    it('revokeOtherSessions and revokeSessions: first all but this one, then this one too', async () => {
      const { client, email: address } = await signedUp();
      const other = cookieClient();
      await other.client['signIn']!['email']!({ email: address, password: PASSWORD });
      expect(await client['revokeOtherSessions']!()).toMatchObject({ data: { status: true }, error: null });
      expect((await other.client['getSession']!()).data).toBeNull();
      expect((await client['getSession']!()).data).not.toBeNull();
      expect(await client['revokeSessions']!()).toMatchObject({ data: { status: true }, error: null });
      expect((await client['getSession']!()).data).toBeNull();
    });

    it('updateUser: the new name and image are seen, the cookie is set again', async () => {
      const { browser, client } = await signedUp();
      const image = 'https://example.com/ada.png';
      const update = await client['updateUser']!({ name: 'Ada Lovelace', image });
      expect(update).toMatchObject({ data: { status: true }, error: null });
      expect(browser.lastCookies.some((line) => line.startsWith('better-auth.session_token='))).toBe(true);
      expect((await client['getSession']!()).data.user).toMatchObject({ name: 'Ada Lovelace', image });
      await client['updateUser']!({ image: null });
      expect((await client['getSession']!()).data.user).toMatchObject({ name: 'Ada Lovelace', image: null });
    });

    it('changePassword: the old one is refused, the new one works; revokeOtherSessions gives a new token', async () => {
      const { browser, client, email: address } = await signedUp();
      const other = cookieClient();
      await other.client['signIn']!['email']!({ email: address, password: PASSWORD });
      const before = browser.cookies.get('better-auth.session_token')!.value;
      const change = await client['changePassword']!({
        currentPassword: PASSWORD,
        newPassword: NEW_PASSWORD,
        revokeOtherSessions: true,
      });
      expect(change).toMatchObject({ error: null, data: { token: expect.any(String), user: { email: address } } });
      expect(browser.cookies.get('better-auth.session_token')!.value).not.toBe(before);
      expect((await client['getSession']!()).data).not.toBeNull();
      expect((await other.client['getSession']!()).data).toBeNull();
      const old = await cookieClient().client['signIn']!['email']!({ email: address, password: PASSWORD });
      expect(old.error).toMatchObject({ code: 'INVALID_EMAIL_OR_PASSWORD', status: 401 });
      const fresh = await cookieClient().client['signIn']!['email']!({ email: address, password: NEW_PASSWORD });
      expect(fresh.error).toBeNull();
    });

    it('changePassword without revokeOtherSessions: token null, both sessions go on', async () => {
      const { client, email: address } = await signedUp();
      const other = cookieClient();
      await other.client['signIn']!['email']!({ email: address, password: PASSWORD });
      const change = await client['changePassword']!({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD });
      expect(change).toMatchObject({ error: null, data: { token: null, user: { email: address } } });
      expect((await client['getSession']!()).data).not.toBeNull();
      expect((await other.client['getSession']!()).data).not.toBeNull();
    });

    it('deleteUser: the client sends POST {}; the account is gone and its cookies are cleared', async () => {
      const { browser, client, email: address } = await signedUp();
      const deletion = await client['deleteUser']!();
      expect(browser.lastRequest).toMatchObject({ method: 'POST', body: '{}' });
      expect(deletion).toMatchObject({ error: null, data: { success: true } });
      expect(browser.cookies.size).toBe(0);
      const again = await cookieClient().client['signIn']!['email']!({ email: address, password: PASSWORD });
      expect(again.error).toMatchObject({ code: 'INVALID_EMAIL_OR_PASSWORD', status: 401 });
    });
  });

  describe('bearer mode', () => {
    const everything = async (client: LooseClient, address: string) => {
      const session = await client['getSession']!();
      expect(session).toMatchObject({ error: null, data: { user: { email: address } } });
      expect((await client['listSessions']!()).data).toHaveLength(1);
      expect(await client['updateUser']!({ name: 'By token' })).toMatchObject({ data: { status: true } });
      expect((await client['getSession']!()).data.user.name).toBe('By token');
      expect(await client['revokeOtherSessions']!()).toMatchObject({ data: { status: true } });
      expect(await client['signOut']!()).toMatchObject({ data: { success: true }, error: null });
      expect(await client['getSession']!()).toMatchObject({ data: null, error: null });
      expect((await client['listSessions']!()).error).toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
    };

    it('data.token opens every route, and none after signOut', async () => {
      const { data, email: address } = await signedUp();
      await everything(bearerClient(data.token), address);
    });

    it('the set-auth-token header opens every route, as it is and percent-decoded', async () => {
      const { browser, email: address } = await signedUp();
      const signed = browser.lastResponse!.headers.get('set-auth-token')!;
      expect(browser.lastResponse!.headers.get('access-control-expose-headers')).toContain('set-auth-token');
      expect((await bearerClient(encodeURIComponent(signed))['getSession']!()).data.user.email).toBe(address);
      await everything(bearerClient(signed), address);
    });

    it('data.accessToken opens every route, and none after signOut', async () => {
      const { data, email: address } = await signedUp();
      await everything(bearerClient(data.accessToken), address);
    });

    it('fetchOptions.auth of one call is a bearer token too', async () => {
      const { data, email: address } = await signedUp();
      const client = plainClient();
      const fetchOptions = { auth: { type: 'Bearer', token: data.token } };
      expect((await client['getSession']!({ fetchOptions })).data.user.email).toBe(address);
      expect((await client['getSession']!()).data).toBeNull();
    });

    it('revokeSession of another device, changePassword, deleteUser, revokeSessions', async () => {
      const { data, email: address } = await signedUp();
      const other = (await cookieClient().client['signIn']!['email']!({ email: address, password: PASSWORD })).data;
      const client = bearerClient(data.token);
      expect(await client['revokeSession']!({ token: other.token })).toMatchObject({ data: { status: true } });
      expect((await bearerClient(other.token)['getSession']!()).data).toBeNull();
      const change = await client['changePassword']!({
        currentPassword: PASSWORD,
        newPassword: NEW_PASSWORD,
        revokeOtherSessions: true,
      });
      expect((await client['getSession']!()).data).toBeNull();
      const renewed = bearerClient(change.data.token);
      expect((await renewed['getSession']!()).data.user.email).toBe(address);
      const third = (await cookieClient().client['signIn']!['email']!({ email: address, password: NEW_PASSWORD })).data;
      await renewed['revokeSessions']!();
      expect((await bearerClient(third.token)['getSession']!()).data).toBeNull();
      const last = (await cookieClient().client['signIn']!['email']!({ email: address, password: NEW_PASSWORD })).data;
      const deletion = await bearerClient(last.token)['deleteUser']!({ password: NEW_PASSWORD });
      expect(deletion).toMatchObject({ data: { success: true }, error: null });
      expect((await bearerClient(last.token)['getSession']!()).data).toBeNull();
    });
  });
});
