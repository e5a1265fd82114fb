import { tag } from '../../src/common/cache/tags.js';
import { Database } from '../../src/common/database/database.js';
import { SubjectLifecycle } from '../../src/common/subjects/subject.lifecycle.js';
import { TokenRevoker } from '../../src/common/tokens/token.revoker.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { grantOwnToken, grantTokens, TEST_CLIENTS } from '../support/client-tokens.js';
import { send, type Answer, type RequestOptions } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

const API = 'https://api.example';
const REALM = 'Bearer realm="localhost:3000"';

describe.each(['express', 'fastify'] as const)('tokens at userinfo on %s', (adapter) => {
  let host: TestApp;
  let user: SignedInUser;
  let token: string;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: {
        jwt: { audience: 'https://external-api.com' },
        apiKeys: true,
        resources: [{ resource: API }],
        oauthProvider: {
          clients: TEST_CLIENTS,
          scopes: ['openid', 'email', 'offline_access', 'reports'],
        },
      },
    });
    user = await signUp(host.url);
    token = await accessToken(user, ['openid', 'email']);
  });
  afterAll(() => host.close());

  const accessToken = async (whose: SignedInUser, scopes: string[], clientId = 'web', resources: string[] = []) =>
    (await grantTokens(host, { clientId, user: whose, scopes, resources })).access_token;
  const userinfo = (options: RequestOptions, query = '') =>
    send(`${host.url}/api/auth/oauth2/userinfo${query}`, options);
  const form = (fields: Record<string, string>, headers: Record<string, string> = {}): RequestOptions => ({
    body: new URLSearchParams(fields),
    headers,
  });
  const bearer = (value: string) => ({ authorization: `Bearer ${value}` });

  function expectRefusal(answer: Answer, status: number, error: string): void {
    expect([answer.status, answer.body.error, typeof answer.body.error_description]).toEqual([status, error, 'string']);
    expect(answer.headers.get('www-authenticate')).toContain(`${REALM}, error="${error}"`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }

  it('T090 RFC 6750 3 no token: 401 with a bare challenge', async () => {
    for (const options of [{}, { method: 'POST' }, form({ other: 'x' }), { headers: { cookie: user.cookie } }]) {
      const answer = await userinfo(options);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, REALM]);
    }
  });

  it('T090 RFC 6750 2 two tokens, also twice the same: 400 invalid_request', async () => {
    expectRefusal(await userinfo(form({ access_token: token }, bearer(token))), 400, 'invalid_request');
    const repeated = `access_token=${token}&access_token=${token}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expectRefusal(await userinfo({ body: repeated, headers }), 400, 'invalid_request');
  });

  it('T090 RFC 6750 2.3 a token in the query: 400 invalid_request, also beside a good one', async () => {
    for (const query of [`?access_token=${token}`, '?access_token=', '?access_token=a&access_token=b']) {
      expectRefusal(await userinfo({}, query), 400, 'invalid_request');
      expectRefusal(await userinfo({ bearer: token }, query), 400, 'invalid_request');
      expectRefusal(await userinfo(form({ access_token: token }), query), 400, 'invalid_request');
    }
  });

  it('RFC 6750 2.2 a token in JSON is none', async () => {
    const answer = await userinfo({ body: { access_token: token } });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, REALM]);
  });

  it('RFC 6750 3.1 a token that is malformed, unknown or altered: 401 invalid_token', async () => {
    const forged = ['garbage', `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`, 'eyJhbGciOiJub25lIn0.e30.'];
    for (const one of forged) {
      expectRefusal(await userinfo({ bearer: one }), 401, 'invalid_token');
      expectRefusal(await userinfo(form({ access_token: one })), 401, 'invalid_token');
    }
    expectRefusal(await userinfo(form({ access_token: 'two words' })), 401, 'invalid_token');
    expectRefusal(await userinfo({ headers: { authorization: 'Bearer two words' } }), 400, 'invalid_request');
  });

  it('T090 without openid: 403 insufficient_scope, naming it', async () => {
    const answer = await userinfo({ bearer: await accessToken(user, ['email']) });
    expectRefusal(answer, 403, 'insufficient_scope');
    expect(answer.headers.get('www-authenticate')).toContain('scope="openid"');
  });

  it('what is no access token of a client’s for a user: refused', async () => {
    expectRefusal(await userinfo({ bearer: user.accessToken }), 403, 'insufficient_scope');
    expectRefusal(await userinfo({ bearer: user.token }), 401, 'invalid_token');
    expectRefusal(await userinfo({ bearer: await grantOwnToken(host, 'service', ['openid']) }), 401, 'invalid_token');
    const own = await send(`${host.url}/api/auth/token`, { bearer: user.token });
    expectRefusal(await userinfo({ bearer: own.body.token }), 403, 'insufficient_scope');
    const tokens = await grantTokens(host, { clientId: 'web', user, scopes: ['openid', 'offline_access'] });
    expectRefusal(await userinfo({ bearer: tokens.refresh_token! }), 401, 'invalid_token');
    expectRefusal(await userinfo({ bearer: tokens.id_token! }), 401, 'invalid_token');
  });

  it.each(['web', 'jwt'])('RFC 8707 a token of %s for an API alone: 401 invalid_token', async (clientId) => {
    expectRefusal(
      await userinfo({ bearer: await accessToken(user, ['email'], clientId, [API]) }),
      401,
      'invalid_token',
    );
  });

  it.each(['web', 'jwt'])('T088 the session behind a token of %s has ended: 401', async (clientId) => {
    const ada = await signUp(host.url);
    const one = await accessToken(ada, ['openid'], clientId);
    expect((await userinfo({ bearer: one })).status).toBe(200);
    await send(`${host.url}/api/auth/sign-out`, { body: {}, bearer: ada.token });
    expectRefusal(await userinfo({ bearer: one }), 401, 'invalid_token');
  });

  it.each(['disabled', 'forgotten'] as const)('T088 the user is %s: 401, also with offline_access', async (end) => {
    const ada = await signUp(host.url);
    const tokens = [
      await accessToken(ada, ['openid']),
      await accessToken(ada, ['openid', 'offline_access']),
      await accessToken(ada, ['openid', 'offline_access'], 'jwt'),
    ];
    for (const one of tokens) expect((await userinfo({ bearer: one })).status).toBe(200);
    await host.app.get(SubjectLifecycle).end(ada.id, end);
    for (const one of tokens) expectRefusal(await userinfo({ bearer: one }), 401, 'invalid_token');
  });

  it('T088 the user is gone from the directory, or the client is disabled: 401', async () => {
    const ada = await signUp(host.url);
    const one = await accessToken(ada, ['openid', 'offline_access']);
    await host.sql('DELETE FROM auth_user WHERE id = $1', [ada.id]);
    expectRefusal(await userinfo({ bearer: one }), 401, 'invalid_token');
    const ofSpa = await accessToken(user, ['openid'], 'spa');
    expect((await userinfo({ bearer: ofSpa })).status).toBe(200);
    await host.app.get(SubjectLifecycle).end('client:spa', 'disabled');
    const revoker = host.app.get(TokenRevoker);
    await host.app.get(Database).transaction(async (tx) => revoker.invalidate(tx, [tag('client', 'spa')]));
    expectRefusal(await userinfo({ bearer: ofSpa }), 401, 'invalid_token');
  });

  it('T033 another site may post a token; a cookie that comes along counts for nothing', async () => {
    const foreign = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site', cookie: user.cookie };
    expect((await userinfo(form({ access_token: token }, foreign))).status).toBe(200);
    expect((await userinfo(form({ other: 'x' }, foreign))).status).toBe(401);
  });

  it('415 a body of another kind, in the OAuth shape', async () => {
    const answer = await userinfo({ body: 'x', headers: { 'content-type': 'text/plain', ...bearer(token) } });
    expect([answer.status, answer.body.error]).toEqual([415, 'invalid_request']);
  });
});
