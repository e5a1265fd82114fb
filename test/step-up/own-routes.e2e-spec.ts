import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signedInBy } from '../support/strength.js';
import { signUp, type SignedInUser } from '../support/users.js';

const DAY_AND_MORE = 90_000;
const STALE = [403, 'SESSION_NOT_FRESH'];

describe('our own dangerous routes ask for a recent proof of identity', () => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    const apiKeys = { maxPermissions: { reports: ['read'] } };
    host = await createTestApp({ auth: { cacheTtl: 0, apiKeys } });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await signUp(host.url);
    await signedInBy(host, user.id, { secondsAgo: DAY_AND_MORE });
  });

  const post = async (route: string, body: object, token = user.token) => {
    const answer = await send(`${host.url}/api/auth/${route}`, { body, bearer: token });
    return [answer.status, answer.body.code];
  };
  const outcomes = async () => [
    await post('api-key/create', { name: 'strong', permissions: { reports: ['read'] } }),
    (await send(`${host.url}/api/auth/list-sessions`, { bearer: user.token })).status,
    await post('delete-user', {}),
  ];

  it('403 SESSION_NOT_FRESH a day after it; once it is proven again, in the same session, they are open', async () => {
    expect(await outcomes()).toEqual([STALE, 403, STALE]);
    await signedInBy(host, user.id, { secondsAgo: 0 });
    expect(await outcomes()).toEqual([[200, undefined], 200, [200, undefined]]);
  });

  it('a key without permissions of its own, and its change, ask for nothing; permissions given later do', async () => {
    const { body: key } = await send(`${host.url}/api/auth/api-key/create`, {
      body: { name: 'plain' },
      bearer: user.token,
    });
    expect(await post('api-key/update', { keyId: key.id, name: 'renamed' })).toEqual([200, undefined]);
    expect(await post('api-key/update', { keyId: key.id, permissions: { reports: ['read'] } })).toEqual(STALE);
  });

  it('a password in the request is a proof of its own', async () => {
    expect(await post('delete-user', { password: 'wrong' })).toEqual([400, 'INVALID_PASSWORD']);
    expect(await post('delete-user', { password: user.password })).toEqual([200, undefined]);
  });

  it('T134 a token that was made from the session before tells the old time, however fresh the session is now', async () => {
    const { body: pair } = await send(`${host.url}/api/auth/token/issue`, { body: {}, bearer: user.token });
    await signedInBy(host, user.id, { secondsAgo: 0 });
    expect(await post('delete-user', {}, pair.accessToken)).toEqual(STALE);
    const { body: refreshed } = await send(`${host.url}/api/auth/token/refresh`, {
      body: { refreshToken: pair.refreshToken },
    });
    expect(await post('delete-user', {}, refreshed.accessToken)).toEqual(STALE);
  });
});
