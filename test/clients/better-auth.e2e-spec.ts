import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { CLIENTS, type LooseClient } from './clients.js';

const PASSWORD = 'correct horse battery staple';
const NEW_PASSWORD = 'another horse battery staple';
let count = 0;

describe.each(CLIENTS)('better-auth/client $version', ({ version, create }) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp();
  });
  afterAll(() => host.close());

  const email = () => `client-${++count}@example.com`;
  const cookieClient = (browser = new Browser()) => ({
    browser,
    client: create({ baseURL: host.url, fetchOptions: { customFetchImpl: browser.fetch } }),
  });
  const bearerClient = (token: string) =>
    create({ baseURL: host.url, fetchOptions: { headers: { Authorization: `Bearer ${token}` } } });
  const signedUp = async () => {
    const { browser, client } = cookieClient();
    const address = email();
    const { data, error } = await client['signUp']!['email']!({ email: address, password: PASSWORD, name: 'Ada' });
    expect(error).toBeNull();
    return { browser, client, email: address, data };
  };

  it('is the version that it is said to be', () => {
    const name = version === '1.7.5' ? 'better-auth' : 'better-auth-16';
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

    it('4 cookies: name, attributes, life and signature are those of better-auth', async () => {
      const { browser, data } = await signedUp();
      const { value, attributes } = browser.cookies.get('better-auth.session_token')!;
      expect(attributes).toEqual({ 'max-age': '604800', path: '/', httponly: true, samesite: 'Lax' });
      const decoded = decodeURIComponent(value);
      const [token, signature] = [decoded.slice(0, decoded.indexOf('.')), decoded.slice(decoded.indexOf('.') + 1)];
      expect(token).toBe(data.token);
      expect(signature).toBe(createHmac('sha256', TEST_SECRET).update(token).digest('base64'));
      expect(signature).toMatch(/^[A-Za-z0-9+/]{43}=$/);
      expect(value).toBe(encodeURIComponent(decoded));
    });

    it('4 rememberMe false: both cookies go with the browser, the session lasts a day', async () => {
      const { email: address } = await signedUp();
      const { browser, client } = cookieClient();
      await client['signIn']!['email']!({ email: address, password: PASSWORD, rememberMe: false });
      expect(browser.cookies.get('better-auth.session_token')!.attributes).not.toHaveProperty('max-age');
      const mark = browser.cookies.get('better-auth.dont_remember')!;
      expect(mark.attributes).not.toHaveProperty('max-age');
      expect(decodeURIComponent(mark.value)).toMatch(/^true\.[A-Za-z0-9+/]{43}=$/);
      const { session } = (await client['getSession']!()).data;
      const seconds = (session.expiresAt.getTime() - session.createdAt.getTime()) / 1000;
      expect(Math.round(seconds)).toBe(86_400);
      await client['updateUser']!({ name: 'Still short' });
      expect(browser.cookies.get('better-auth.session_token')!.attributes).not.toHaveProperty('max-age');
      await client['signOut']!();
      expect(browser.cookies.size).toBe(0);
    });

    it('4 an unsigned and a wrongly signed cookie are no session: 200 null', async () => {
      const { data } = await signedUp();
      const forged = encodeURIComponent(
        `${data.token}.${createHmac('sha256', 'x').update(data.token).digest('base64')}`,
      );
      for (const value of [data.token, forged, '', 'a.b.c', '%E0%A4%A']) {
        const answer = await fetch(`${host.url}/api/auth/get-session`, {
          headers: { cookie: `better-auth.session_token=${value}` },
        });
        expect([answer.status, await answer.text()]).toEqual([200, 'null']);
      }
    });

    it('6 signIn with callbackURL: redirect true, url, Location; an address elsewhere is refused', async () => {
      const { email: address } = await signedUp();
      const { browser, client } = cookieClient();
      const credentials = { email: address, password: PASSWORD };
      const signIn = await client['signIn']!['email']!({ ...credentials, callbackURL: '/dashboard' });
      expect(signIn).toMatchObject({ error: null, data: { redirect: true, url: '/dashboard' } });
      expect(browser.lastResponse!.headers.get('location')).toBe('/dashboard');
      const fresh = cookieClient();
      const evil = await fresh.client['signIn']!['email']!({ ...credentials, callbackURL: 'https://evil.example' });
      expect(evil.error).toMatchObject({ code: 'INVALID_CALLBACK_URL' });
      expect(fresh.browser.cookies.size).toBe(0);
    });

    it('3.2 a page of another origin is refused with INVALID_ORIGIN', async () => {
      const { email: address } = await signedUp();
      const { client } = cookieClient(new Browser('https://evil.example'));
      const signIn = await client['signIn']!['email']!({ email: address, password: PASSWORD });
      expect(signIn.error).toMatchObject({ code: 'INVALID_ORIGIN', status: 403 });
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
      const client = create({ baseURL: host.url });
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

  describe('3.1 errors as the client sees them', () => {
    it.each([
      ['400 VALIDATION_ERROR', {}, { email: 'a@example.com', password: PASSWORD }],
      ['400 INVALID_EMAIL', { email: 'no address' }, {}],
      ['400 PASSWORD_TOO_SHORT', { password: '1234567' }, {}],
      ['400 PASSWORD_TOO_LONG', { password: 'x'.repeat(129) }, {}],
      ['400 SERVER_ONLY_PROPERTY', { emailVerified: true }, {}],
    ])('signUp: %s', async (expected, change, only) => {
      const [status, code] = expected.split(' ');
      const whole = { email: email(), password: PASSWORD, name: 'Ada', ...change };
      const body = Object.keys(only).length > 0 ? only : whole;
      const { client, browser } = cookieClient();
      const outcome = await client['signUp']!['email']!(body);
      expect(outcome.data).toBeNull();
      expect(outcome.error).toMatchObject({ code, status: Number(status), message: expect.any(String) });
      expect(browser.cookies.size).toBe(0);
    });

    it('signUp: 422 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL, whatever the case and the spaces', async () => {
      const { email: address } = await signedUp();
      const taken = await cookieClient().client['signUp']!['email']!({
        email: ` ${address.toUpperCase()} `,
        password: PASSWORD,
        name: 'Eve',
      });
      expect(taken.error).toMatchObject({ code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL', status: 422 });
    });

    it('signIn: 401 INVALID_EMAIL_OR_PASSWORD, one answer for a wrong password and an unknown user', async () => {
      const { email: address } = await signedUp();
      const wrong = await cookieClient().client['signIn']!['email']!({ email: address, password: 'wrong password' });
      const unknown = await cookieClient().client['signIn']!['email']!({ email: email(), password: PASSWORD });
      expect(wrong.error).toMatchObject({ code: 'INVALID_EMAIL_OR_PASSWORD', status: 401, statusText: 'Unauthorized' });
      expect(unknown.error).toEqual(wrong.error);
    });

    it('401 UNAUTHORIZED on every route that needs a session', async () => {
      const { client } = cookieClient();
      const calls = [
        client['listSessions']!(),
        client['revokeSession']!({ token: 'x' }),
        client['revokeSessions']!(),
        client['revokeOtherSessions']!(),
        client['updateUser']!({ name: 'Eve' }),
        client['changePassword']!({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD }),
        client['deleteUser']!(),
      ];
      for (const outcome of await Promise.all(calls))
        expect(outcome.error).toMatchObject({ code: 'UNAUTHORIZED', message: 'Unauthorized', status: 401 });
    });

    it('403 SESSION_NOT_FRESH: listSessions and deleteUser a day after the sign-in', async () => {
      const { client, data } = await signedUp();
      await host.sql(`UPDATE auth_session SET created_at = now() - interval '25 hours' WHERE subject = $1`, [
        data.user.id,
      ]);
      const stale = bearerClient(data.token);
      expect((await stale['listSessions']!()).error).toMatchObject({ code: 'SESSION_NOT_FRESH', status: 403 });
      expect((await client['deleteUser']!()).error).toMatchObject({ code: 'SESSION_NOT_FRESH', status: 403 });
      expect(await client['deleteUser']!({ password: PASSWORD })).toMatchObject({ data: { success: true } });
    });

    it('400 INVALID_PASSWORD: changePassword and deleteUser with a wrong password', async () => {
      const { client } = await signedUp();
      const change = await client['changePassword']!({ currentPassword: 'wrong one', newPassword: NEW_PASSWORD });
      expect(change.error).toMatchObject({ code: 'INVALID_PASSWORD', status: 400 });
      const deletion = await client['deleteUser']!({ password: 'wrong one' });
      expect(deletion.error).toMatchObject({ code: 'INVALID_PASSWORD', status: 400 });
    });

    it('400 EMAIL_CAN_NOT_BE_UPDATED and "No fields to update": updateUser', async () => {
      const { client } = await signedUp();
      const change = await client['updateUser']!({ email: email() });
      expect(change.error).toMatchObject({ code: 'EMAIL_CAN_NOT_BE_UPDATED', status: 400 });
      const nothing = await client['updateUser']!({ nickname: 'unknown' });
      expect(nothing.error).toMatchObject({ message: 'No fields to update', status: 400 });
    });

    it('200 {status:true} for revokeSession of an unknown token and of somebody else, without effect', async () => {
      const { client } = await signedUp();
      const stranger = await signedUp();
      const foreign = (await stranger.client['listSessions']!()).data[0].token;
      for (const token of ['unknown', foreign, stranger.data.token])
        expect(await client['revokeSession']!({ token })).toMatchObject({ data: { status: true }, error: null });
      expect((await stranger.client['getSession']!()).data).not.toBeNull();
    });

    it('2.1 an empty updateUser is sent as GET and finds nothing: 404', async () => {
      const { client } = await signedUp();
      expect((await client['updateUser']!({})).error).toMatchObject({ status: 404 });
    });

    it('405 METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED: POST /get-session', async () => {
      const { client } = await signedUp();
      const outcome = await client['getSession']!({ fetchOptions: { method: 'POST', body: {} } });
      expect(outcome.error).toMatchObject({ code: 'METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED', status: 405 });
    });
  });

  describe('2.4 and 17 tolerance', () => {
    it('an extra oauth_query is tolerated on every POST', async () => {
      const oauth_query = 'client_id=x&sig=y';
      const address = email();
      const { client } = cookieClient();
      const calls: (() => Promise<{ error: unknown }>)[] = [
        () => client['signUp']!['email']!({ email: address, password: PASSWORD, name: 'Ada', oauth_query }),
        () => client['signOut']!({ oauth_query }),
        () => client['signIn']!['email']!({ email: address, password: PASSWORD, oauth_query }),
        () => client['updateUser']!({ name: 'Ada L', oauth_query }),
        () => client['revokeSession']!({ token: 'x', oauth_query }),
        () => client['revokeOtherSessions']!({ oauth_query }),
        () => client['changePassword']!({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD, oauth_query }),
        () => client['deleteUser']!({ password: NEW_PASSWORD, oauth_query }),
      ];
      for (const call of calls) expect((await call()).error).toBeNull();
    });

    it('sign-out and the revoke routes take no body, {} and a form', async () => {
      const { data } = await signedUp();
      const headers = { authorization: `Bearer ${data.token}` };
      const post = (path: string, init: RequestInit = {}) =>
        fetch(`${host.url}/api/auth/${path}`, { method: 'POST', ...init, headers: { ...headers, ...init.headers } });
      const json = { headers: { 'content-type': 'application/json' } };
      const bodies = [{}, { ...json, body: '{}' }, json, { body: new URLSearchParams({ a: 'b' }) }];
      for (const path of ['revoke-other-sessions', 'revoke-sessions', 'sign-out']) {
        for (const init of bodies) {
          const answer = await post(path, init);
          expect([path, answer.status]).toEqual([path, path === 'sign-out' || answer.status === 200 ? 200 : 401]);
        }
      }
    });

    it('3 sign-in and sign-up take forms; a text body is 415 UNSUPPORTED_MEDIA_TYPE', async () => {
      const address = email();
      const form = new URLSearchParams({ email: address, password: PASSWORD, name: 'Ada' });
      const up = await fetch(`${host.url}/api/auth/sign-up/email`, { method: 'POST', body: form });
      expect(up.status).toBe(200);
      const signIn = await fetch(`${host.url}/api/auth/sign-in/email`, { method: 'POST', body: form });
      expect(signIn.status).toBe(200);
      const text = await fetch(`${host.url}/api/auth/sign-in/email`, { method: 'POST', body: 'email=x' });
      expect(text.status).toBe(415);
      expect(await text.json()).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
    });

    it('$fetch: getSession query flags are tolerated, the answer is the same', async () => {
      const { client, data } = await signedUp();
      const session = await client['getSession']!({ query: { disableCookieCache: true, disableRefresh: true } });
      expect(session.data.user.id).toBe(data.user.id);
    });
  });
});
