import { Controller, Get } from '@nestjs/common';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { AuthError, BearerAuth, CurrentPrincipal, CurrentUser, type AuthPrincipal } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

@Controller('probe')
class ProbeController {
  @Get('bearer')
  @BearerAuth()
  bearer(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal;
  }

  @Get('user')
  @BearerAuth()
  user(@CurrentUser() user: unknown) {
    return user;
  }

  @Get('external')
  @BearerAuth({ audience: 'https://external-api.com' })
  external(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal;
  }
}

const EXTERNAL = 'https://external-api.com';
let custom: () => Record<string, unknown>;

describe.each(['express', 'fastify'] as const)('JWTs for the current session on %s', (adapter) => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      controllers: [ProbeController],
      auth: {
        accounts: { session: { scopes: ['read:data', 'write:data'] } },
        jwt: {
          audience: [EXTERNAL, 'https://second-api.com'],
          setAuthJwt: true,
          customClaims: async ({ user: who, session }) => ({
            email: who.email,
            via: session.id,
            none: undefined,
            ...custom(),
          }),
        },
      },
    });
    user = await signUp(host.url);
  });
  beforeEach(() => {
    custom = () => ({});
  });
  afterAll(() => host.close());

  const api = (path: string, options: Parameters<typeof send>[1] = { bearer: user.token }) =>
    send(`${host.url}/api/auth${path}`, options);

  it('200 GET /token carries typ, kid, jti, iat, exp, sub, iss, aud and the custom claims', async () => {
    const answer = await api('/token');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body.expiresIn).toBe(900);
    const header = decodeProtectedHeader(answer.body.token);
    const { keys } = (await api('/jwks')).body;
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: keys[0].kid });
    const claims = decodeJwt(answer.body.token);
    expect(claims).toMatchObject({
      iss: TEST_ISSUER,
      sub: user.id,
      aud: TEST_ISSUER,
      sid: user.sessionId,
      scope: 'read:data write:data',
      email: user.email,
      via: user.sessionId,
    });
    expect(claims.exp! - claims.iat!).toBe(900);
    expect(Math.abs(claims.iat! - Date.now() / 1000)).toBeLessThan(10);
    expect(claims.jti).toEqual(expect.any(String));
    expect(claims).not.toHaveProperty('none');
  });

  it.each([
    ['the session cookie', () => ({ headers: { cookie: user.cookie } })],
    ['the access token', () => ({ bearer: user.accessToken })],
  ])('200 GET /token by %s', async (_name, credential) => {
    const answer = await api('/token', credential());
    expect(answer.status).toBe(200);
    expect(decodeJwt(answer.body.token).sub).toBe(user.id);
  });

  it('200 GET and POST /jwt/get-token answer alike', async () => {
    expect((await api('/jwt/get-token')).status).toBe(200);
    const answer = await api('/jwt/get-token', {
      bearer: user.token,
      body: { audience: EXTERNAL, scope: 'read:data' },
    });
    expect(answer.status).toBe(200);
    expect(decodeJwt(answer.body.token)).toMatchObject({ aud: EXTERNAL, scope: 'read:data' });
  });

  it('200 several audiences from the list', async () => {
    const audience = [EXTERNAL, TEST_ISSUER];
    const answer = await api('/jwt/get-token', { bearer: user.token, body: { audience } });
    expect(decodeJwt(answer.body.token).aud).toEqual(audience);
    expect((await send(`${host.url}/probe/bearer`, { bearer: answer.body.token })).status).toBe(200);
  });

  it.each(['https://elsewhere.com', `${EXTERNAL}/`, EXTERNAL.toUpperCase(), [EXTERNAL, 'https://elsewhere.com']])(
    '400 INVALID_AUDIENCE for an audience that is not on the list: %s',
    async (audience) => {
      const answer = await api('/jwt/get-token', { bearer: user.token, body: { audience } });
      expect(answer.status).toBe(400);
      expect(answer.body.code).toBe('INVALID_AUDIENCE');
    },
  );

  it.each(['read:data admin', 'admin', 'a"b'])('400 INVALID_SCOPE for more than the session has: %s', async (scope) => {
    const answer = await api('/jwt/get-token', { bearer: user.token, body: { scope } });
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('INVALID_SCOPE');
  });

  it.each([{ audience: '' }, { audience: [] }, { audience: 7 }, { scope: ['read:data'] }, { scope: '' }])(
    '400 VALIDATION_ERROR for a body of the wrong shape: %j',
    async (body) => {
      const answer = await api('/jwt/get-token', { bearer: user.token, body });
      expect(answer.status).toBe(400);
      expect(answer.body.code).toBe('VALIDATION_ERROR');
    },
  );

  it('401 without a credential, with a bad one, and with a JWT: it does not renew itself', async () => {
    const { token } = (await api('/token')).body;
    expect((await api('/token', {})).status).toBe(401);
    expect((await api('/token', { bearer: `${user.token}x` })).status).toBe(401);
    expect((await api('/token', { bearer: token })).status).toBe(401);
    expect((await api('/jwt/get-token', { bearer: token, body: {} })).status).toBe(401);
  });

  it('200 a JWT for this server opens a guarded route; principal.claims carries the custom claims', async () => {
    const { token } = (await api('/token')).body;
    const answer = await send(`${host.url}/probe/bearer`, { bearer: token });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      kind: 'user',
      subjectId: user.id,
      scheme: 'bearer',
      credentialType: 'jwt',
      credentialId: decodeJwt(token).jti,
      sessionId: user.sessionId,
      issuer: null,
      clientId: null,
      scopes: ['read:data', 'write:data'],
      audience: [TEST_ISSUER],
      claims: { email: user.email, via: user.sessionId },
    });
    expect((await send(`${host.url}/probe/user`, { bearer: token })).body.email).toBe(user.email);
  });

  it('401 a JWT for another audience opens nothing here but routes of that audience', async () => {
    const { token } = (await api('/jwt/get-token', { bearer: user.token, body: { audience: EXTERNAL } })).body;
    expect((await send(`${host.url}/probe/bearer`, { bearer: token })).status).toBe(401);
    expect((await api('/get-session', { bearer: token })).body).toBeNull();
    expect((await send(`${host.url}/probe/external`, { bearer: token })).status).toBe(200);
    const ours = (await api('/token')).body.token;
    expect((await send(`${host.url}/probe/external`, { bearer: ours })).status).toBe(401);
  });

  it('401 a JWT opens no management route, and shows no session', async () => {
    const { token } = (await api('/token')).body;
    for (const path of ['/list-sessions', '/user/list-sessions', '/token']) {
      expect((await api(path, { bearer: token })).status).toBe(401);
    }
    for (const path of ['/revoke-sessions', '/update-user', '/delete-user', '/change-password', '/token/issue']) {
      const body = { name: 'X', currentPassword: 'x', newPassword: 'long enough 1', password: 'x' };
      expect([path, (await api(path, { bearer: token, body })).status]).toEqual([path, 401]);
    }
    const session = await api('/get-session', { bearer: token });
    expect([session.status, session.body]).toEqual([200, null]);
    expect((await api('/get-session')).body.user.id).toBe(user.id);
  });

  it('200 get-session carries set-auth-jwt, exposed to browsers', async () => {
    const answer = await api('/get-session');
    expect(answer.headers.get('access-control-expose-headers')).toContain('set-auth-jwt');
    expect(decodeJwt(answer.headers.get('set-auth-jwt')!)).toMatchObject({ sub: user.id, email: user.email });
  });

  it.each(['iss', 'sub', 'aud', 'exp', 'scope', 'sid', 'auth_time', 'acr', 'cnf', 'client_id', 'jti', 'nonce'])(
    'T049 a custom claim named %s is refused, and the session is answered without a token',
    async (name) => {
      custom = () => ({ [name]: 'mine' });
      expect((await api('/token')).status).toBe(500);
      const answer = await api('/get-session');
      expect(answer.body.user.id).toBe(user.id);
      expect(answer.headers.get('set-auth-jwt')).toBeNull();
    },
  );

  it('403 the hook may veto', async () => {
    custom = () => {
      throw AuthError.forbidden('NO_TOKENS', 'No tokens for you');
    };
    const answer = await api('/token');
    expect([answer.status, answer.body.code]).toEqual([403, 'NO_TOKENS']);
  });
});
