import { decodeJwt } from 'jose';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { basic, exchange, Navigator, obtainCode, providerOptions, tokenRequest, WEB } from '../support/oauth.js';
import { MFA, PWD, signedInBy } from '../support/strength.js';

const TWO_FACTORS = ['mfa', 'otp', 'pwd'];
const JWT_WEB = {
  ...WEB,
  clientId: 'jwt-web',
  redirectUris: ['https://jwt.example/callback'],
  accessTokenFormat: 'jwt' as const,
};
const SCOPE = { scope: 'openid offline_access' };

/** What tokens tell of a sign-in: made once, and the same in whatever is made of it. */
describe('acr, amr, auth_time and roles of a sign-in', () => {
  let host: TestApp;
  let browser: Navigator;
  let userId: string;
  let authTime: number;
  beforeAll(async () => {
    host = await createTestApp({ auth: providerOptions({ clients: [WEB, JWT_WEB] }, { cacheTtl: 0 }) });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    browser = new Navigator(host);
    userId = await browser.signUp();
    await signedInBy(host, userId, { amr: TWO_FACTORS, secondsAgo: 500 });
    await host.sql(`UPDATE auth_session SET roles = '{admin,editor}' WHERE subject = $1`, [userId]);
    const [row] = await host.sql<{ at: number }>(
      `SELECT floor(extract(epoch FROM authenticated_at))::int AS at FROM auth_session WHERE subject = $1`,
      [userId],
    );
    authTime = row!.at;
  });

  const introspect = (token: string, client = WEB) =>
    send(`${host.url}/api/auth/oauth2/introspect`, {
      body: new URLSearchParams({ token }),
      headers: basic(client.clientId, client.clientSecret!),
    });
  const facts = () => ({ acr: MFA, amr: TWO_FACTORS, auth_time: authTime });
  const roles = ['admin', 'editor'];

  it('RFC 9470 6.2: introspection has them as top-level members, of opaque tokens and of JWTs', async () => {
    for (const client of [WEB, JWT_WEB]) {
      const { body } = await exchange(host, client, await obtainCode(browser, client, SCOPE));
      expect((await introspect(body.access_token, client)).body).toMatchObject({ active: true, ...facts(), roles });
      const refresh = (await introspect(body.refresh_token, client)).body;
      expect(refresh).toMatchObject({ active: true, ...facts() });
      expect(refresh).not.toHaveProperty('roles');
    }
  });

  it('RFC 9470 6.1, RFC 9068 2.2: a JWT access token has them; an ID token no roles; userinfo nothing', async () => {
    const { body } = await exchange(host, JWT_WEB, await obtainCode(browser, JWT_WEB, SCOPE));
    expect(decodeJwt(body.access_token)).toMatchObject({ ...facts(), roles });
    const idToken = decodeJwt(body.id_token);
    expect(idToken).toMatchObject(facts());
    expect(idToken).not.toHaveProperty('roles');
    const userinfo = await send(`${host.url}/api/auth/oauth2/userinfo`, { bearer: body.access_token });
    expect(Object.keys(userinfo.body)).toEqual(['sub']);
  });

  it.each([WEB, JWT_WEB])(
    'a refresh resets and drops nothing, whatever the session became ($clientId)',
    async (client) => {
      const first = (await exchange(host, client, await obtainCode(browser, client, SCOPE))).body;
      await signedInBy(host, userId, { amr: ['pwd'], secondsAgo: 0 });
      let refreshToken = first.refresh_token as string;
      for (let round = 0; round < 2; round++) {
        const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
        const { body } = await tokenRequest(host, client, form);
        // A repeated request gets the same successors (ADR 5).
        const replayed = (await tokenRequest(host, client, form)).body;
        for (const { access_token: access, id_token: idToken } of [body, replayed]) {
          expect((await introspect(access, client)).body).toMatchObject({ ...facts(), roles });
          expect(decodeJwt(idToken)).toMatchObject(facts());
          if (client === JWT_WEB) expect(decodeJwt(access)).toMatchObject({ ...facts(), roles });
        }
        refreshToken = body.refresh_token;
      }
    },
  );

  it('only what there is: nothing of a client for itself, and no roles where there are none', async () => {
    await host.sql(`UPDATE auth_session SET roles = '{}', amr = '{pwd}' WHERE subject = $1`, [userId]);
    const { body } = await exchange(host, JWT_WEB, await obtainCode(browser, JWT_WEB, SCOPE));
    expect(decodeJwt(body.access_token)).toMatchObject({ acr: PWD, amr: ['pwd'] });
    expect(decodeJwt(body.access_token)).not.toHaveProperty('roles');
    expect(decodeJwt(body.access_token)['iss']).toBe(TEST_ISSUER);
  });
});
