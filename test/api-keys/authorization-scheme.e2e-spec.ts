import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { send, type Answer } from '../support/http.js';
import { rawRequest, sendRaw } from '../support/raw.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe.each(['express', 'fastify'] as const)('F27: RFC 9110 11.4 Authorization: ApiKey on %s', (adapter) => {
  let host: KeyApp;
  let user: SignedInUser;
  let key: string;
  beforeAll(async () => {
    host = await createKeyApp({ enableSessionForAPIKeys: true }, { adapter });
    user = await signUp(host.url);
    key = (await host.issue({ owner: user })).key;
  });
  afterAll(() => host.close());

  const get = (path: string, headers: Record<string, string>) => send(`${host.url}/${path}`, { headers });
  const told = ({ status, body }: Answer) => [status, body?.error];

  it('every scheme that a challenge names is one that is taken', async () => {
    const bare = await get('host/either', {});
    const named = (bare.headers.get('www-authenticate') ?? '').match(/\w+(?= realm=)/g);
    expect([...named!].sort()).toEqual(['ApiKey', 'Bearer']);
    for (const scheme of named!)
      expect(await get('host/either', { authorization: `${scheme} ${key}` })).toMatchObject({
        status: 200,
        body: { scheme: 'apiKey', subjectId: user.id },
      });
  });

  it.each(['ApiKey', 'apikey', 'APIKEY', 'ApiKey  '])('the name in any case: %j', async (scheme) => {
    expect((await get('host/key', { authorization: `${scheme} ${key}` })).status).toBe(200);
  });

  it('opens what the key opens, and nothing more', async () => {
    const authorization = `ApiKey ${key}`;
    expect((await get('host/bearer', { authorization })).status).toBe(401);
    expect((await get('host/reports', { authorization })).status).toBe(403);
    expect((await get('host/open', { authorization })).status).toBe(200);
    expect((await get('api/auth/api-key/list', { authorization })).status).toBe(401);
    expect((await get('api/auth/get-session', { authorization })).body.user.id).toBe(user.id);
  });

  it.each<[string, () => string]>([
    ['a session token', () => user.token],
    ['an access token', () => user.accessToken],
    ['a key with a character changed', () => key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a')],
    ['garbage', () => 'garbage'],
  ])('401 for %s: no credential of another scheme passes under this name', async (_, credential) => {
    const answer = await get('host/either', { authorization: `ApiKey ${credential()}` });
    expect(answer.status).toBe(401);
    expect(answer.body.code).toBe('INVALID_API_KEY');
  });

  it.each<[string, string]>([
    ['nothing', 'ApiKey'],
    ['two values', 'ApiKey a b'],
    ['a comma', 'ApiKey a,b'],
    ['8,193 characters', `ApiKey ${'a'.repeat(8_193)}`],
  ])('400 invalid_request for %s', async (_, authorization) => {
    expect(told(await get('host/key', { authorization }))).toEqual([400, 'invalid_request']);
  });

  it('400 for two credentials: beside a header of keys, and twice', async () => {
    const both = await get('host/key', { authorization: `ApiKey ${key}`, 'x-api-key': key });
    expect(told(both)).toEqual([400, 'invalid_request']);
    const line = `Authorization: ApiKey ${key}`;
    const twice = await sendRaw(host.url, rawRequest('GET', '/host/key', [line, line]));
    expect(twice.status).toBe(400);
  });

  it('wins over a cookie, and counts one request', async () => {
    const limited = await host.issue({ owner: user, remaining: 1 });
    const use = () =>
      get('host/either', { authorization: `ApiKey ${limited.key}`, cookie: 'better-auth.session_token=x' });
    expect((await use()).body.scheme).toBe('apiKey');
    expect((await use()).status).toBe(429);
  });
});

describe('F27: a scheme that only begins like ours', () => {
  it('is no credential, and a route for tokens names no keys', async () => {
    const host = await createKeyApp({ prefix: 'other_' });
    try {
      const answer = await send(`${host.url}/host/bearer`, { headers: { authorization: 'ApiKeys abc' } });
      expect([answer.status, answer.body.code]).toEqual([401, 'UNAUTHORIZED']);
      expect(answer.headers.get('www-authenticate')).not.toContain('ApiKey');
    } finally {
      await host.close();
    }
  });
});
