import { createHmac } from 'node:crypto';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { CLIENTS, ClientKit, freshEmail, NEW_PASSWORD, PASSWORD } from '../support/better-auth-clients.js';

describe.each(CLIENTS)('better-auth/client $version on $adapter: cookies and tolerance', ({ adapter, create }) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ adapter });
  });
  afterAll(() => host.close());
  const { cookieClient, signedUp } = new ClientKit(create, () => host.url);

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
    const forged = encodeURIComponent(`${data.token}.${createHmac('sha256', 'x').update(data.token).digest('base64')}`);
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

  describe('2.4 and 17 tolerance', () => {
    it('an extra oauth_query is tolerated on every POST', async () => {
      const oauth_query = 'client_id=x&sig=y';
      const address = freshEmail();
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

    it('sign-out and the revoke routes take no body, {} and a media type without a body', async () => {
      const json = { 'content-type': 'application/json' };
      const bodies: RequestInit[] = [{}, { headers: json, body: '{}' }, { headers: json }];
      const other = await signedUp();
      const { token } = other.data;
      const post = (path: string, bearer: string, init: RequestInit) => {
        const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${bearer}` };
        return fetch(`${host.url}/api/auth/${path}`, { method: 'POST', ...init, headers });
      };
      for (const init of bodies) {
        const { data } = await signedUp();
        expect((await post('revoke-other-sessions', token, init)).status).toBe(200);
        expect((await post('revoke-sessions', data.token, init)).status).toBe(200);
        expect((await post('sign-out', data.token, init)).status).toBe(200);
      }
      expect((await post('sign-out', token, { body: new URLSearchParams({ a: 'b' }) })).status).toBe(415);
    });

    it('3 sign-in and sign-up take forms; text and multipart are 415 UNSUPPORTED_MEDIA_TYPE', async () => {
      const address = freshEmail();
      const form = new URLSearchParams({ email: address, password: PASSWORD, name: 'Ada' });
      const up = await fetch(`${host.url}/api/auth/sign-up/email`, { method: 'POST', body: form });
      expect(up.status).toBe(200);
      const signIn = await fetch(`${host.url}/api/auth/sign-in/email`, { method: 'POST', body: form });
      expect(signIn.status).toBe(200);
      const multipart = new FormData();
      for (const [name, value] of form) multipart.append(name, value);
      for (const body of ['email=x', multipart]) {
        const refused = await fetch(`${host.url}/api/auth/sign-in/email`, { method: 'POST', body });
        expect(refused.status).toBe(415);
        expect(await refused.json()).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
      }
    });

    it('$fetch: getSession query flags are tolerated, the answer is the same', async () => {
      const { client, data } = await signedUp();
      const session = await client['getSession']!({ query: { disableCookieCache: true, disableRefresh: true } });
      expect(session.data.user.id).toBe(data.user.id);
    });
  });
});
