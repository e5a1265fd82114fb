import { Controller, Get } from '@nestjs/common';
import { BearerAuth, Scopes } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { API, createOAuthApp, MACHINE, OTHER_API, proof, submit, tokensFor, WEB } from '../support/client-auth.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

const JWT_WEB = { ...WEB, clientId: 'jwt-web', accessTokenFormat: 'jwt' as const };
const JWT_MACHINE = { ...MACHINE, clientId: 'jwt-machine', accessTokenFormat: 'jwt' as const };
const USERINFO = `${TEST_ISSUER}/api/auth/oauth2/userinfo`;

@Controller('api')
class ApiController {
  @Get('own') @BearerAuth() own() {
    return {};
  }
  @Get('resource') @BearerAuth({ audience: API }) resource() {
    return {};
  }
  @Get('scoped') @BearerAuth({ audience: API }) @Scopes('email') scoped() {
    return {};
  }
}

describe.each(['express', 'fastify'] as const)(
  'RFC 9700 2.3 a configured resource and tokens of others, on %s',
  (adapter) => {
    let host: TestApp;
    let ada: SignedInUser;
    beforeAll(async () => {
      const clients = [WEB, JWT_WEB, MACHINE, JWT_MACHINE];
      host = await createOAuthApp({ adapter, clients, controllers: [ApiController] });
      ada = await signUp(host.url);
    });
    afterAll(() => host.close());

    const at = async (route: string, bearer: string) => {
      const { status, body, headers } = await send(`${host.url}/api/${route}`, { bearer });
      const challenge = headers.get('www-authenticate') ?? '';
      return status === 200 ? 200 : `${status} ${body.error} ${/error="(\w+)"/.exec(challenge)?.[1]}`;
    };
    const ofUser = async (client: typeof WEB, resources: readonly string[], scopes = ['email']) =>
      (await tokensFor(host, client, ada, { scopes, resources })).access_token;
    const ofItself = async (client: typeof MACHINE, form: Record<string, string> = {}) =>
      (await submit(host, 'oauth2/token', { grant_type: 'client_credentials', ...form }, proof(client))).body
        .access_token;
    const sessionJwt = async () => (await send(`${host.url}/api/auth/token`, { bearer: ada.token })).body.token;

    it.each<[string, () => Promise<string>]>([
      ['an opaque token of a client', () => ofUser(WEB, [])],
      ['a JWT of a client', () => ofUser(JWT_WEB, [])],
      ['a token with openid', () => ofUser(WEB, [], ['openid', 'email'])],
      ['an opaque token of a client for itself', () => ofItself(MACHINE)],
      ['a JWT of a client for itself', () => ofItself(JWT_MACHINE)],
      ['the session of a user', () => Promise.resolve(ada.token)],
      ['a JWT made from the session', sessionJwt],
    ])('T141 RFC 9700 4.10.2: %s, for the issuer, opens the issuer and no resource', async (_name, token) => {
      const bearer = await token();
      expect(await at('own', bearer)).toBe(200);
      expect(await at('resource', bearer)).toBe('401 invalid_token invalid_token');
      expect(await at('scoped', bearer)).toBe('401 invalid_token invalid_token');
    });

    it.each<[string, () => Promise<string>]>([
      ['opaque, for another resource', () => ofUser(WEB, [OTHER_API])],
      ['a JWT for another resource', () => ofUser(JWT_WEB, [OTHER_API])],
      ['opaque, for another resource and userinfo', () => ofUser(WEB, [OTHER_API], ['openid', 'email'])],
      ['of a client for itself, for another resource', () => ofItself(JWT_MACHINE, { resource: OTHER_API })],
    ])('T141 a token %s opens neither', async (_name, token) => {
      const bearer = await token();
      expect([await at('resource', bearer), await at('own', bearer)]).toEqual(
        Array(2).fill('401 invalid_token invalid_token'),
      );
    });

    it.each<[string, () => Promise<string>]>([
      ['opaque', () => ofUser(WEB, [API])],
      ['a JWT', () => ofUser(JWT_WEB, [API])],
      ['for two resources', () => ofUser(WEB, [OTHER_API, API])],
      ['a JWT for it and userinfo', () => ofUser(JWT_WEB, [API], ['openid', 'email'])],
    ])('T141 a token for the resource, %s, opens it, and not the issuer', async (_name, token) => {
      const bearer = await token();
      expect([await at('resource', bearer), await at('scoped', bearer)]).toEqual([200, 200]);
      expect(await at('own', bearer)).toBe('401 invalid_token invalid_token');
    });

    it('T141 a token for userinfo beside a resource is read there', async () => {
      const bearer = await ofUser(JWT_WEB, [API], ['openid', 'email']);
      expect((await send(USERINFO.replace(TEST_ISSUER, host.url), { bearer })).status).toBe(200);
      const other = await ofUser(JWT_WEB, [API]);
      expect((await send(USERINFO.replace(TEST_ISSUER, host.url), { bearer: other })).status).toBe(401);
    });
  },
);
