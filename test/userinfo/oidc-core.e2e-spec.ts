import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { grantTokens, TEST_CLIENTS } from '../support/client-tokens.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

const API = 'https://api.example';
const ROUTES = ['oauth2/userinfo', 'oauth/userinfo'];

describe.each(['express', 'fastify'] as const)('userinfo on %s', (adapter) => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: { jwt: true, resources: [{ resource: API }], oauthProvider: { clients: TEST_CLIENTS } },
    });
    user = await signUp(host.url, { name: 'Ada King Lovelace' });
  });
  afterAll(() => host.close());

  const at = (route = ROUTES[0]!) => `${host.url}/api/auth/${route}`;
  const accessToken = async (scopes: string[], clientId = 'web', resources: string[] = []) =>
    (await grantTokens(host, { clientId, user, scopes, resources })).access_token;

  it.each(ROUTES)('OIDC Core 5.3.1 GET %s with the token in the header', async (route) => {
    const answer = await send(at(route), { bearer: await accessToken(['openid']) });
    expect([answer.status, answer.body]).toEqual([200, { sub: user.id }]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each(ROUTES)('OIDC Core 5.3.1, RFC 6750 2.2 POST %s, token in the header or in the form', async (route) => {
    const token = await accessToken(['openid']);
    const byHeader = await send(at(route), { method: 'POST', bearer: token });
    const byForm = await send(at(route), { body: new URLSearchParams({ access_token: token }) });
    for (const answer of [byHeader, byForm]) expect([answer.status, answer.body]).toEqual([200, { sub: user.id }]);
  });

  it('OIDC Core 5.4 claims of the scopes that were granted; the name is told in its parts as well', async () => {
    await host.sql('UPDATE auth_user SET image = $2 WHERE id = $1', [user.id, 'https://img.example/ada.png']);
    const email = await send(at(), { bearer: await accessToken(['openid', 'email']) });
    expect(email.body).toEqual({ sub: user.id, email: user.email, email_verified: false });
    const profile = await send(at(), { bearer: await accessToken(['openid', 'profile']) });
    expect(profile.body).toEqual({
      sub: user.id,
      name: 'Ada King Lovelace',
      given_name: 'Ada King',
      family_name: 'Lovelace',
      picture: 'https://img.example/ada.png',
      updated_at: expect.any(Number),
    });
  });

  it('OIDC Core 5.1 parts of the name that the directory knows are not made up', async () => {
    const ada = await signUp(host.url, { name: 'Ada King Lovelace' });
    await host.sql(`UPDATE auth_user SET claims = '{"family_name":"King Lovelace"}' WHERE id = $1`, [ada.id]);
    const tokens = await grantTokens(host, { clientId: 'web', user: ada, scopes: ['openid', 'profile'] });
    const { body } = await send(at(), { bearer: tokens.access_token });
    expect([body.family_name, body.given_name]).toEqual(['King Lovelace', undefined]);
  });

  it('RFC 9068 a JWT access token, also one for an API: with openid it is meant for userinfo too', async () => {
    for (const resources of [[], [API]]) {
      const answer = await send(at(), { bearer: await accessToken(['openid'], 'jwt', resources) });
      expect([answer.status, answer.body]).toEqual([200, { sub: user.id }]);
    }
  });

  it('OIDC Core 5.3.2 signed for a client that registered an algorithm', async () => {
    const answer = await send(at(), { bearer: await accessToken(['openid', 'email'], 'signed') });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/jwt/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const keys = (await send<JSONWebKeySet>(`${host.url}/api/auth/oauth2/jwks`)).body;
    const { payload, protectedHeader } = await jwtVerify(answer.text, createLocalJWKSet(keys), {
      issuer: TEST_ISSUER,
      audience: 'signed',
    });
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'JWT' });
    expect(payload).toMatchObject({ sub: user.id, email: user.email, email_verified: false });
  });
});
