import { Controller, Get } from '@nestjs/common';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { BearerAuth, CurrentPrincipal, JwtService, type AuthPrincipal } from '../../src/index.js';
import { JwtCodec } from '../../src/common/keys/jwt.codec.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { exchange, Navigator, obtainCode, providerOptions, WEB } from '../support/oauth.js';
import { signUp, type SignedInUser } from '../support/users.js';

@Controller('me')
class MeController {
  @Get() @BearerAuth() me(@CurrentPrincipal() principal: AuthPrincipal) {
    return { subject: principal.subjectId, client: principal.clientId, scopes: [...principal.scopes] };
  }
}

describe.each(['at+jwt', 'JWT'] as const)('JWTs of sessions with jwt.type %s', (type) => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    /** A client by the name that session tokens have. */
    const clients = [
      { ...WEB, accessTokenFormat: 'jwt' as const },
      { ...WEB, clientId: 'house', accessTokenFormat: 'jwt' as const },
    ];
    host = await createTestApp({
      auth: providerOptions({ clients }, { jwt: { type, ...(type === 'JWT' && { clientId: 'house' }) } }),
      controllers: [MeController],
    });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  const me = (bearer: string) => send(`${host.url}/me`, { bearer });
  const tokenOf = async () => (await send(`${host.url}/api/auth/token`, { bearer: user.token })).body.token as string;

  it('F29: RFC 9068 2.2 carries a client_id, and opens what it opened', async () => {
    const token = await tokenOf();
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: type });
    expect(decodeJwt(token)).toMatchObject({ client_id: type === 'JWT' ? 'house' : TEST_ISSUER, sub: user.id });
    expect(decodeJwt(token)).not.toHaveProperty('azp');
    expect(await me(token)).toMatchObject({ status: 200, body: { subject: user.id, client: null } });
    await host.app.get(JwtService).revoke(token);
    expect((await me(token)).status).toBe(401);
  });

  it("F29: a client's token stays a client's, whatever the client is called", async () => {
    const browser = new Navigator(host);
    await browser.signUp();
    for (const clientId of ['web', 'house']) {
      const client = { ...WEB, clientId };
      const { body } = await exchange(host, client, await obtainCode(browser, client, { scope: 'openid read:data' }));
      expect((await me(body.access_token)).body).toMatchObject({ client: clientId });
      await host.sql('DELETE FROM auth_token');
      await host.app.get(JwtService).revoke(decodeJwt(body.access_token).jti!);
      expect((await me(body.access_token)).status).toBe(401);
    }
  });

  it('F29: no ID token and nothing that the host signs opens a route', async () => {
    const browser = new Navigator(host);
    await browser.signUp();
    const { body } = await exchange(host, WEB, await obtainCode(browser, WEB));
    expect((await me(body.id_token)).status).toBe(401);
    const own = await host.app.get(JwtService).sign({}, { subject: user.id });
    expect((await me(own)).status).toBe(401);
    const claims = { ...decodeJwt(await tokenOf()), iat: undefined, exp: undefined };
    for (const change of [{ client_id: undefined }, { client_id: 'web' }, { azp: 'web' }]) {
      const forged = {
        type: 'JWT',
        algorithm: 'ES256',
        lifetimeSeconds: 60,
        claims: { ...claims, ...change },
      } as const;
      expect((await me(await host.app.get(JwtCodec).sign(forged))).status).toBe(401);
    }
  });
});

it('F29: jwt.type and jwt.clientId with another value stop the boot', async () => {
  const start = (jwt: object) => createTestApp({ auth: { jwt } });
  await expect(start({ type: 'jwt' })).rejects.toThrow('jwt.type: "jwt" is not offered. Give at+jwt or JWT.');
  await expect(start({ clientId: '' })).rejects.toThrow('jwt.clientId: "" is not a client id');
});
