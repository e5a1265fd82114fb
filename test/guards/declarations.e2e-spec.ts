import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send, type Answer } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';
import { GUARDED_CONTROLLERS, HELD_SCOPES, TestKeyModule } from '../support/guarded-host.js';

const REALM = `realm="${new URL(TEST_ISSUER).host}"`;

describe.each(['express', 'fastify'] as const)('Declarations on %s', (adapter) => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: { accounts: { session: { scopes: HELD_SCOPES } } },
      imports: [TestKeyModule],
      controllers: GUARDED_CONTROLLERS,
    });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  const get = (path: string, headers: Record<string, string> = {}) => send(`${host.url}/${path}`, { headers });
  const withToken = (path: string, token = user.accessToken) => get(path, { authorization: `Bearer ${token}` });
  const challenge = (answer: Answer) => answer.headers.get('www-authenticate');

  function expectRefusal(answer: Answer, status: number, error: string): void {
    expect({ status: answer.status, error: answer.body?.error }).toEqual({ status, error });
    expect(challenge(answer)).toContain(`error="${error}"`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }

  describe('@Scopes and @AnyScope', () => {
    it.each(['guarded/scopes', 'guarded/any-scope', 'class/inherited', 'derived/inherited'])(
      '200 at %s',
      async (path) => {
        expect((await withToken(path)).status).toBe(200);
      },
    );

    it.each([
      ['guarded/scopes-lacking', 'reports:read reports:write'],
      ['guarded/scopes-twice', 'reports:read reports:write'],
      ['guarded/any-scope-lacking', 'a:x b:x'],
      ['guarded/any-scope-twice', 'reports:read y z'],
      ['class/adds', 'reports:read reports:write'],
      ['derived-strict/inherited', 'reports:write reports:list'],
      ['open-class/scopes', 'reports:write'],
      ['open-class/any-scope', 'reports:write'],
      ['optional-class/scopes', 'reports:write'],
    ])('RFC 6750 3.1: 403 insufficient_scope at %s, naming %j', async (path, scopes) => {
      const answer = await withToken(path);
      expectRefusal(answer, 403, 'insufficient_scope');
      const named = /scope="([^"]*)"/.exec(challenge(answer) ?? '')?.[1];
      expect(named?.split(' ').sort()).toEqual(scopes.split(' ').sort());
    });

    it('@Scopes alone guards with the default schemes', async () => {
      expect((await get('guarded/scopes-alone')).status).toBe(401);
      expect((await withToken('guarded/scopes-alone')).status).toBe(200);
    });
  });

  describe('class and method', () => {
    it('@Public below a guarded class: no credential is needed, and a bad one is not looked at', async () => {
      expect((await get('class/public')).body).toEqual({ principal: null });
      expect((await withToken('class/public', 'garbage')).body).toEqual({ principal: null });
    });

    it('the nearest scheme wins: a bearer token does not open a method that takes another', async () => {
      expectRefusal(await withToken('class/other-scheme'), 401, 'invalid_token');
      expectRefusal(await get('class/other-scheme', { 'x-test-key': 'tst_good' }), 403, 'insufficient_scope');
    });

    it.each([
      'open-class/bearer',
      'open-class/scopes',
      'open-class/any-scope',
      'optional-class/bearer',
      'optional-class/scopes',
    ])('a method that asks for more than its public or optional class is guarded: 401 at %s', async (path) => {
      expect((await get(path)).status).toBe(401);
    });

    it('@OptionalAuth below a public class looks at the credential', async () => {
      expect((await withToken('open-class/optional')).body).toEqual({ subject: user.id, type: 'access_token' });
      expect((await get('open-class/plain')).body).toEqual({ reached: true });
    });
  });

  describe('@OptionalAuth', () => {
    it.each(['guarded/optional', 'class/optional', 'optional-class/plain'])(
      '200 without identity for a stranger at %s',
      async (path) => {
        expect((await get(path)).body).toEqual({ subject: null, type: null });
      },
    );

    it('the principal for a good credential, 401 invalid_token for a bad one', async () => {
      expect((await withToken('guarded/optional')).body.subject).toBe(user.id);
      expectRefusal(await withToken('guarded/optional', 'garbage'), 401, 'invalid_token');
    });

    it('a cookie the route does not take is no credential', async () => {
      expect((await get('guarded/optional', { cookie: user.cookie })).body.subject).toBeNull();
    });
  });

  describe('cookie', () => {
    it('opens a route that takes the session, and no other', async () => {
      expect((await get('guarded/session', { cookie: user.cookie })).body).toEqual({
        subject: user.id,
        type: 'session',
      });
      expect((await get('guarded/bearer', { cookie: user.cookie })).status).toBe(401);
    });

    it('a header credential wins over it: a bad bearer is 401 although the cookie is good', async () => {
      const answer = await get('guarded/session-or-bearer', { cookie: user.cookie, authorization: 'Bearer garbage' });
      expectRefusal(answer, 401, 'invalid_token');
      expect(answer.headers.getSetCookie()).toEqual([]);
      const both = await get('guarded/session-or-bearer', {
        cookie: user.cookie,
        authorization: `Bearer ${user.accessToken}`,
      });
      expect(both.body.type).toBe('access_token');
    });

    it.each(['better-auth.session_token=forged', 'better-auth.session_token=%zz', 'better-auth.session_token=', 'x'])(
      'a bad one (%s) is no identity and no error: 401 with a bare challenge',
      async (cookie) => {
        const answer = await get('guarded/session-or-bearer', { cookie });
        expect([answer.status, challenge(answer)]).toEqual([401, `Bearer ${REALM}`]);
      },
    );

    it('one whose session has ended is no identity', async () => {
      const other = await signUp(host.url);
      await send(`${host.url}/api/auth/revoke-sessions`, { method: 'POST', bearer: other.token });
      const answer = await get('guarded/session', { cookie: other.cookie });
      expect([answer.status, answer.body.error]).toEqual([401, undefined]);
    });
  });

  describe('@CurrentUser', () => {
    it('is the user behind the principal, and null for a client', async () => {
      expect((await withToken('guarded/user')).body).toEqual({ id: user.id, email: user.email });
      expect((await get('guarded/user-of-key', { 'x-test-key': 'tst_good' })).body).toEqual({ user: null });
    });
  });
});
