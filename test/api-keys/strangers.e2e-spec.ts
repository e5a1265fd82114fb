import { randomUUID } from 'node:crypto';
import { TEST_ISSUER } from '../support/app.js';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';

describe.each(['express', 'fastify'] as const)('F45: strangers at the routes of keys, on %s', (adapter) => {
  let host: KeyApp;
  beforeAll(async () => {
    host = await createKeyApp({}, { adapter });
  });
  afterAll(() => host.close());

  const call = async (route: string, headers: Record<string, string> = {}) => {
    const isGet = ['get', 'list'].includes(route);
    const url = `${host.url}/api/auth/api-key/${route}`;
    const answer = await send(isGet ? `${url}?id=x` : url, {
      ...(!isGet && { body: { keyId: randomUUID(), name: 'x' } }),
      headers,
    });
    return { told: [answer.status, answer.body.code, answer.body.message], answer };
  };
  const OWN = [401, 'UNAUTHORIZED_SESSION', 'Unauthorized or invalid session'];

  it.each(['create', 'update'])('F45: 401 UNAUTHORIZED_SESSION at %s, with its challenge', async (route) => {
    const { key } = await host.issue({ owner: await signUp(host.url) });
    for (const headers of [
      {},
      { authorization: 'Bearer no-such-token' },
      { 'x-api-key': key },
      { cookie: 'a=b', origin: TEST_ISSUER },
    ]) {
      const { told, answer } = await call(route, headers as Record<string, string>);
      expect(told).toEqual(OWN);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
  });

  it.each(['get', 'list', 'delete', 'revoke', 'rotate', 'verify'])('F45: 401 UNAUTHORIZED at %s', async (route) => {
    expect((await call(route)).told).toEqual([401, 'UNAUTHORIZED', 'Unauthorized']);
  });
});
