import { createOAuthApp, CALLBACK, SPA } from '../support/client-auth.js';
import { DEVICE_GRANT } from '../support/device.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';
import type { TestApp } from '../support/app.js';

const TV = { clientId: 'tv', grantTypes: [DEVICE_GRANT], scopes: ['openid'] };

describe.each(['express', 'fastify'] as const)('F11: RFC 9110 9.2.1 HEAD changes nothing, on %s', (adapter) => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createOAuthApp({ adapter, clients: [TV, { ...SPA, skipConsent: true }], auth: { device: {} } });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  const head = (route: string, headers: Record<string, string> = {}) =>
    send(`${host.url}/api/auth/${route}`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${user.token}`, ...headers },
    });
  const count = async (table: string) =>
    (await host.sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]!.n;

  it('no user code becomes the user, and none is guessed at', async () => {
    const form = new URLSearchParams({ client_id: 'tv' });
    const { body } = await send(`${host.url}/api/auth/device/code`, { body: form });
    for (const code of [body.user_code, 'ZZZZ-ZZZZ']) {
      const answer = await head(`device?user_code=${code}`);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
    }
    expect(await host.sql('SELECT subject FROM auth_device_authorization')).toEqual([{ subject: null }]);
    expect(await count('auth_rate_limit')).toBe(0);
    const opened = await send(`${host.url}/api/auth/device?user_code=${body.user_code}`, { bearer: user.token });
    expect(opened.body.client_id).toBe('tv');
  });

  it('no code, no request and no end of a session comes of it', async () => {
    const cookie = user.cookie;
    const query = new URLSearchParams({
      client_id: 'spa',
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    for (const folder of ['oauth2', 'oauth']) {
      for (const headers of [{ cookie }, { cookie: '' }])
        expect((await head(`${folder}/authorize?${query}`, headers)).status).toBe(200);
      expect((await head(`${folder}/end-session`, { cookie })).status).toBe(200);
      expect((await head(`${folder}/continue?request=x`, { cookie })).status).toBe(405);
    }
    expect(await count('auth_authorization_code')).toBe(0);
    expect(await count('auth_authorization_request')).toBe(0);
    expect((await send(`${host.url}/api/auth/get-session`, { bearer: user.token })).body.user.id).toBe(user.id);
  });
});
