import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send, type Answer } from '../support/http.js';
import { rawHeader, rawRequest, sendRaw } from '../support/raw.js';
import { signUp, type SignedInUser } from '../support/users.js';
import { GUARDED_CONTROLLERS, HELD_SCOPES, TestKeyAuthenticator, TestKeyModule } from '../support/guarded-host.js';

const REALM = `realm="${new URL(TEST_ISSUER).host}"`;

describe.each(['express', 'fastify'] as const)('Guards on %s', (adapter) => {
  let host: TestApp;
  let user: SignedInUser;
  let testKey: TestKeyAuthenticator;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: { accounts: { session: { scopes: HELD_SCOPES } } },
      imports: [TestKeyModule],
      controllers: GUARDED_CONTROLLERS,
    });
    user = await signUp(host.url);
    testKey = host.app.get(TestKeyAuthenticator);
  });
  afterAll(() => host.close());

  const get = (path: string, headers: Record<string, string> = {}) => send(`${host.url}/${path}`, { headers });
  const withToken = (path: string, token = user.accessToken) => get(path, { authorization: `Bearer ${token}` });
  const raw = (path: string, lines: string[]) => sendRaw(host.url, rawRequest('GET', `/${path}`, lines));
  const challenge = (answer: Answer) => answer.headers.get('www-authenticate');

  function expectRefusal(answer: Answer, status: number, error: string): void {
    expect({ status: answer.status, error: answer.body?.error }).toEqual({ status, error });
    expect(challenge(answer)).toContain(`error="${error}"`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }

  describe('@BearerAuth', () => {
    it.each([
      ['access token', () => user.accessToken, 'access_token'],
      ['session token', () => user.token, 'session'],
    ])('200 for an %s, whose principal the handler sees', async (_name, token, type) => {
      const answer = await withToken('guarded/bearer', token());
      expect(answer.body).toEqual({ subject: user.id, type });
    });

    it('RFC 6750 3: 401 without a credential, with one bare challenge', async () => {
      const answer = await raw('guarded/bearer', []);
      expect(answer.status).toBe(401);
      expect(rawHeader(answer, 'www-authenticate')).toEqual([`Bearer ${REALM}`]);
      expect(JSON.parse(answer.body)).toEqual({ code: 'UNAUTHORIZED', message: 'Unauthorized', statusCode: 401 });
    });

    it.each([
      ['garbage', 'garbage'],
      ['an access token with one character changed', 'CHANGED'],
      ['a refresh token (T041)', 'REFRESH'],
    ])('RFC 6750 3.1: 401 invalid_token for %s', async (_name, token) => {
      const sent =
        token === 'REFRESH'
          ? user.refreshToken
          : token === 'CHANGED'
            ? user.accessToken.replace(/.$/, (c) => (c === 'a' ? 'b' : 'a'))
            : token;
      expectRefusal(await withToken('guarded/bearer', sent), 401, 'invalid_token');
    });

    it.each([
      'Bearer',
      'Bearer ',
      'Bearer a b',
      'Bearer ä',
      'Bearer a,Bearer b',
      'Bearer "a"',
      `Bearer ${'a'.repeat(8_193)}`,
    ])('RFC 6750 3.1: 400 invalid_request for the malformed header %j', async (value) => {
      const answer = await raw('guarded/bearer', [`Authorization: ${value}`]);
      expect(answer.status).toBe(400);
      expect(rawHeader(answer, 'www-authenticate')[0]).toContain('error="invalid_request"');
    });

    it('RFC 9110 11.1: the scheme name is case-insensitive', async () => {
      expect((await get('guarded/bearer', { authorization: `bEaReR ${user.accessToken}` })).status).toBe(200);
    });

    it('RFC 6750 2.2, 2.3, OAuth 2.1 5.1: a token in query or body is no credential', async () => {
      const path = `guarded/bearer?access_token=${user.accessToken}`;
      const inQuery = await get(path);
      expect([inQuery.status, challenge(inQuery)]).toEqual([401, `Bearer ${REALM}`]);
      for (const body of [
        new URLSearchParams({ access_token: user.accessToken }),
        { access_token: user.accessToken },
      ]) {
        const headers: Record<string, string> =
          body instanceof URLSearchParams ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
        const inBody = await send(`${host.url}/guarded/bearer`, { body, headers });
        expect([inBody.status, challenge(inBody)]).toEqual([401, `Bearer ${REALM}`]);
      }
    });

    it('the body of a guarded route of the host is untouched', async () => {
      const body = { unknown: { nested: [1, 'two', null] } };
      const answer = await send(`${host.url}/guarded/bearer`, { body, bearer: user.accessToken });
      expect(answer.body).toEqual({ subject: user.id, type: 'access_token', body });
    });

    it('RFC 9068 4: 401 invalid_token for a token that is not meant for the audience', async () => {
      expectRefusal(await withToken('guarded/audience'), 401, 'invalid_token');
    });

    it('a fault of a guarded handler stays the host’s', async () => {
      const answer = await withToken('guarded/throws');
      expect([answer.status, answer.body]).toEqual([500, { statusCode: 500, message: 'Internal server error' }]);
    });
  });

  describe('two credentials', () => {
    it('RFC 6750 2: 400 invalid_request for two credentials in headers, also when both are good', async () => {
      const answer = await get('guarded/bearer-or-test-key', {
        authorization: `Bearer ${user.accessToken}`,
        'x-test-key': 'tst_good',
      });
      expectRefusal(answer, 400, 'invalid_request');
    });

    it.each([
      ['two bearers', ['Bearer GOOD', 'Bearer other']],
      ['Basic, then a good bearer', ['Basic YTpi', 'Bearer GOOD']],
      ['a good bearer, then Basic', ['Bearer GOOD', 'Basic YTpi']],
      ['the same one twice', ['Bearer GOOD', 'Bearer GOOD']],
    ])('400 for two Authorization headers: %s', async (_name, values) => {
      const lines = values.map((value) => `Authorization: ${value.replace('GOOD', user.accessToken)}`);
      const answer = await raw('guarded/bearer', lines);
      expect(answer.status).toBe(400);
      expect(rawHeader(answer, 'www-authenticate')[0]).toContain('error="invalid_request"');
    });

    it('another scheme in Authorization is none of ours: 401 with a bare challenge', async () => {
      const answer = await get('guarded/bearer', { authorization: 'Basic YTpi' });
      expect([answer.status, challenge(answer)]).toEqual([401, `Bearer ${REALM}`]);
    });
  });

  describe('any-of is decided by the presented credential, never by trial', () => {
    it('a bearer token never reaches the other authenticator', async () => {
      const before = testKey.calls;
      expect((await withToken('guarded/bearer-or-test-key')).status).toBe(200);
      expectRefusal(await withToken('guarded/bearer-or-test-key', 'garbage'), 401, 'invalid_token');
      expect(testKey.calls).toBe(before);
    });

    it.each([
      ['in its own header', { 'x-test-key': 'tst_good' }],
      ['as a bearer value, told by its prefix', { authorization: 'Bearer tst_good' }],
    ])('the test key works %s, and is asked once', async (_name, headers) => {
      const before = testKey.calls;
      const answer = await get('guarded/bearer-or-test-key', headers);
      expect(answer.body).toEqual({ subject: 'svc-1', type: 'test_key' });
      expect(testKey.calls).toBe(before + 1);
    });

    it('a credential of a scheme the route does not take is refused without being looked at', async () => {
      const before = testKey.calls;
      expectRefusal(await get('guarded/bearer', { 'x-test-key': 'tst_good' }), 401, 'invalid_token');
      expectRefusal(await withToken('guarded/bearer', 'tst_good'), 401, 'invalid_token');
      expectRefusal(await withToken('guarded/test-key'), 401, 'invalid_token');
      expect(testKey.calls).toBe(before);
    });

    it('401 without a credential names every accepted scheme, each bare', async () => {
      const answer = await raw('guarded/bearer-or-test-key', []);
      expect(rawHeader(answer, 'www-authenticate').sort()).toEqual([`Bearer ${REALM}`, `TestKey ${REALM}`]);
    });
  });

  describe('a scheme that nobody registered fails closed', () => {
    it.each(['guarded/key', 'guarded/unknown-scheme'])('401 at %s, with and without a credential', async (path) => {
      const bare = await get(path);
      expect([bare.status, challenge(bare)]).toEqual([401, `Bearer ${REALM}`]);
      expect((await get(path, { 'x-api-key': 'anything' })).status).toBe(401);
      expectRefusal(await withToken(path), 401, 'invalid_token');
    });

    it('@ApiKeyAuth beside @BearerAuth still takes the bearer token', async () => {
      expect((await withToken('guarded/either')).status).toBe(200);
      expect((await get('guarded/either')).status).toBe(401);
    });

    it('@Auth() without arguments takes a bearer token', async () => {
      expect((await withToken('guarded/default')).status).toBe(200);
      expect((await get('guarded/default', { cookie: user.cookie })).status).toBe(401);
    });
  });
});
