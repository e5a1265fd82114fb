import type { TestApp } from '../support/app.js';
import { administer, createClientHost, register, SMALLEST } from '../support/clients.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';

describe('T118 every write of a client does with a pool of one connection', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createClientHost({ dynamicRegistration: 'open' }, { poolSize: 1, rateLimits: true });
  });
  afterAll(() => host.close());

  it('many at once: registration by everybody who may, changes, rotation, ends', async () => {
    const user = await signUp(host.url);
    const { token } = (await administer(host, 'POST', 'initial-access-tokens', {})).body;
    const made = await Promise.all([
      register(host, SMALLEST),
      register(host, SMALLEST, { bearer: user.token }),
      register(host, SMALLEST, { bearer: token }),
      administer(host, 'POST', 'oauth-clients', SMALLEST),
    ]);
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const ids = made.map(({ body }) => body.client_id as string);
    const each = async (method: string, path: string, body?: object) => {
      const answers = ids.map((id) => administer(host, method, `oauth-clients/${id}${path}`, body));
      return new Set((await Promise.all(answers)).map(({ status }) => status));
    };
    expect(await each('PATCH', '', { client_name: 'x' })).toEqual(new Set([200]));
    expect(await each('POST', '/rotate-secret', {})).toEqual(new Set([200]));
    const own = { client_id: ids[0], ...SMALLEST };
    const bearer = made[0]!.body.registration_access_token;
    const put = await send(`${host.url}/api/auth/oauth2/register/${ids[0]}`, { method: 'PUT', body: own, bearer });
    expect(put.status).toBe(200);
    for (const [method, path] of [
      ['POST', '/disable'],
      ['POST', '/enable'],
      ['DELETE', ''],
    ] as const)
      expect(await each(method, path)).toEqual(new Set([200]));
  });
});
