import { decodeJwt } from 'jose';
import { UsersService } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send, type Answer } from '../support/http.js';
import { APP, exchange, Navigator, obtainCode, OTHER, providerOptions, tokenRequest, WEB } from '../support/oauth.js';
import { liveFamilies } from '../support/authorization.js';

const SCOPE = 'openid profile email offline_access read:data';

describe('T083 T084 refresh tokens of clients', () => {
  let host: TestApp;
  let browser: Navigator;
  let userId: string;

  beforeAll(async () => {
    host = await createTestApp({ auth: providerOptions() });
  });
  beforeEach(async () => {
    browser = new Navigator(host);
    userId = await browser.signUp();
  });
  afterAll(() => host.close());

  const granted = async (scope = SCOPE) => (await exchange(host, WEB, await obtainCode(browser, WEB, { scope }))).body;
  const refresh = (
    refreshToken: string,
    change: Record<string, string | undefined> = {},
    client = WEB,
  ): Promise<Answer> =>
    tokenRequest(host, client, { grant_type: 'refresh_token', refresh_token: refreshToken, ...change });
  const post = (path: string, body: unknown = {}) =>
    send(`${host.url}/api/auth/${path}`, { body, headers: { cookie: browser.cookie, origin: TEST_ISSUER } });
  const error = ({ status, body }: Answer) => [status, body.error];

  it('RFC 6749 6 a narrower scope is for one access token; the grant keeps its own (T083)', async () => {
    const first = await granted();
    const narrow = await refresh(first.refresh_token, { scope: 'read:data' });
    expect([narrow.status, narrow.body.scope]).toEqual([200, 'read:data']);
    expect(narrow.body).not.toHaveProperty('id_token');
    const wide = await refresh(narrow.body.refresh_token);
    expect(wide.body.scope).toBe(SCOPE);
    expect(decodeJwt(wide.body.id_token)).toMatchObject({ sub: userId, aud: 'web' });
  });

  it.each(['openid address', 'admin', 'openid "', 'OPENID'])(
    'T083 scope %j is more: invalid_scope, and the token lives',
    async (scope) => {
      const first = await granted();
      expect(error(await refresh(first.refresh_token, { scope }))).toEqual([400, 'invalid_scope']);
      expect((await refresh(first.refresh_token)).status).toBe(200);
    },
  );

  it('T083 a scope the user did not grant is more, although the client may have it', async () => {
    const first = await granted('openid offline_access');
    expect(error(await refresh(first.refresh_token, { scope: 'openid email' }))).toEqual([400, 'invalid_scope']);
  });

  it('T083 another resource: invalid_target', async () => {
    const first = await granted();
    expect(error(await refresh(first.refresh_token, { resource: 'https://api.example' }))).toEqual([
      400,
      'invalid_target',
    ]);
    expect((await refresh(first.refresh_token)).status).toBe(200);
  });

  it('T072 another client: invalid_grant as for an unknown token, and the token lives', async () => {
    const first = await granted();
    const foreign = await refresh(first.refresh_token, {}, APP);
    const unknown = await refresh('nar_unknown', {}, APP);
    expect(error(foreign)).toEqual([400, 'invalid_grant']);
    expect(foreign.text).toBe(unknown.text);
    // The other client may not use this grant at all.
    expect(error(await refresh(first.refresh_token, {}, OTHER))).toEqual([400, 'unauthorized_client']);
    expect((await refresh(first.refresh_token)).status).toBe(200);
  });

  it('T072 first-party refresh does not take it, and a first-party token is none of a client', async () => {
    const first = await granted();
    const asFirstParty = await send(`${host.url}/api/auth/token/refresh`, {
      body: { refreshToken: first.refresh_token },
    });
    expect(asFirstParty.status).toBe(401);
    const user = await send(`${host.url}/api/auth/sign-up/email`, {
      body: { email: `f${Date.now()}@example.com`, password: 'correct horse battery', name: 'F' },
    });
    expect(error(await refresh(user.body.refreshToken))).toEqual([400, 'invalid_grant']);
    expect((await refresh(first.refresh_token)).status).toBe(200);
  });

  it('T084 none without offline_access, and none for a client without the grant', async () => {
    expect(await granted('openid read:data')).not.toHaveProperty('refresh_token');
    const other = await exchange(host, OTHER, await obtainCode(browser, OTHER));
    expect(other.body).not.toHaveProperty('refresh_token');
  });

  it('T084 sign-out ends access tokens at once, but families of offline_access', async () => {
    const online = await granted('openid read:data');
    const offline = await granted();
    expect((await post('sign-out')).status).toBe(200);
    expect(await liveFamilies(host, userId)).toBe(1);
    expect(online.access_token).not.toBe(offline.access_token);
    expect((await refresh(offline.refresh_token)).status).toBe(200);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'consent withdrawn',
      () =>
        send(`${host.url}/api/auth/oauth2/applications/web`, {
          method: 'DELETE',
          headers: { cookie: browser.cookie, origin: TEST_ISSUER },
        }),
    ],
    ['user disabled', () => host.app.get(UsersService).disable(userId)],
    ['user forgotten', () => host.app.get(UsersService).forget(userId)],
    [
      'password changed',
      () =>
        post('change-password', {
          currentPassword: 'correct horse battery',
          newPassword: 'another good password',
          revokeOtherSessions: true,
        }),
    ],
  ])('T084 %s: invalid_grant', async (_name, end) => {
    const first = await granted();
    await end();
    expect(error(await refresh(first.refresh_token))).toEqual([400, 'invalid_grant']);
    expect(await liveFamilies(host, userId)).toBe(0);
  });

  it('T037 a replay outside the window ends the family; inside it gives the same successors', async () => {
    const first = await granted();
    const second = (await refresh(first.refresh_token)).body;
    const again = (await refresh(first.refresh_token)).body;
    expect([again.refresh_token, again.access_token]).toEqual([second.refresh_token, second.access_token]);
    expect(error(await refresh(first.refresh_token, { scope: 'openid' }))).toEqual([400, 'invalid_scope']);
    await host.sql(`UPDATE auth_token SET consumed_at = now() - interval '11 seconds' WHERE consumed_at IS NOT NULL`);
    expect(error(await refresh(first.refresh_token))).toEqual([400, 'invalid_grant']);
    expect(error(await refresh(second.refresh_token))).toEqual([400, 'invalid_grant']);
  });

  it('RFC 6749 6 a chain ends with its absolute life, however often it is refreshed', async () => {
    const first = await granted();
    const ends = (token: string) =>
      host.sql<{ life: number }>(
        `SELECT extract(epoch FROM t.expires_at - f.created_at)::int AS life FROM auth_token t JOIN auth_token_family f
           ON f.id = t.family_id WHERE t.hash = sha256($1::bytea)`,
        [Buffer.from(token)],
      );
    const [before] = await ends(first.refresh_token);
    const [after] = await ends((await refresh(first.refresh_token)).body.refresh_token);
    expect([before!.life, after!.life]).toEqual([2_592_000, 2_592_000]);
    await host.sql(`UPDATE auth_token_family SET expires_at = now() WHERE subject = $1`, [userId]);
    expect(error(await refresh(first.refresh_token))).toEqual([400, 'invalid_grant']);
  });

  it('T040 RFC 9068 2.2 a JWT access token says the end that its grant has, and no later one', async () => {
    const client = { ...WEB, accessTokenFormat: 'jwt' as const };
    const short = await createTestApp({ auth: providerOptions({ clients: [client], refreshTokenTTL: 60 }) });
    const lifeOf = ({ body }: Answer) => {
      const { iat = 0, exp = 0 } = decodeJwt(body.access_token);
      return { told: body.expires_in as number, signed: exp - iat };
    };
    try {
      const user = new Navigator(short);
      await user.signUp();
      const first = await exchange(short, client, await obtainCode(user, client, { scope: SCOPE }));
      expect(lifeOf(first)).toEqual({ told: 60, signed: 60 });
      await short.sql(`UPDATE auth_token_family SET expires_at = now() + interval '1000 seconds'`);
      const form = { grant_type: 'refresh_token', refresh_token: first.body.refresh_token };
      const { told, signed } = lifeOf(await tokenRequest(short, client, form));
      expect(signed).toBe(told);
      expect(signed).toBeLessThanOrEqual(1_000);
    } finally {
      await short.close();
    }
  });

  it.each(['', 'x', 'nar_', 'nar_' + 'A'.repeat(49), 'x'.repeat(10_000), '\u20ac', 'null'])(
    '%j is no refresh token',
    async (text) => {
      const answered = await refresh(text);
      expect(error(answered)).toEqual([400, text === '' ? 'invalid_request' : 'invalid_grant']);
      expect(answered.headers.get('cache-control')).toBe('no-store');
    },
  );

  it('an access token, a code and an ID token are no refresh tokens', async () => {
    const { code } = await obtainCode(browser, WEB);
    const first = await granted();
    for (const text of [code, first.access_token, first.id_token])
      expect(error(await refresh(text))).toEqual([400, 'invalid_grant']);
  });
});
