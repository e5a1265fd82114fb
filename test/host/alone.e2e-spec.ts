import { ConsoleLogger, Controller, Get, type DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  AccountLinkingModule,
  AccountsModule,
  ApiKeyAuth,
  ApiKeysModule,
  ApiKeysService,
  AuthCoreModule,
  AuthModule,
  BearerModule,
  ClientCredentialsModule,
  CurrentPrincipal,
  DeviceModule,
  JwtModule,
  OAuthProviderModule,
  type AuthPrincipal,
} from '../../src/index.js';
import { createTestApp, TEST_ISSUER, TEST_SECRET, type TestApp } from '../support/app.js';
import { bootError } from '../support/boot-error.js';
import { send } from '../support/http.js';
import { outboundTo, tokenOf } from '../support/outbound.js';
import { startUpstream } from '../support/upstream.js';
import { signUp } from '../support/users.js';

const upstream = await startUpstream();
afterAll(() => upstream.close());
const core = () =>
  AuthCoreModule.forRoot({ issuer: TEST_ISSUER, secret: TEST_SECRET, rateLimits: false, allowPrivateNetwork: true });
const accounts = () => AccountsModule.forRoot({});
const CLIENT = { clientId: 'cli', redirectUris: ['https://cli.example/callback'] };

@Controller('keyed')
class KeyedController {
  @Get() @ApiKeyAuth() whom(@CurrentPrincipal() principal: AuthPrincipal) {
    return { subject: principal.subjectId };
  }
}

/** What README says each capability works with, and a use of it that shows that it works. */
const ALONE: readonly (readonly [string, () => DynamicModule[], (host: TestApp) => Promise<void>])[] = [
  [
    'accounts alone: sign-up and session',
    () => [accounts()],
    async (host) => {
      const { token } = await signUp(host.url);
      expect((await send(`${host.url}/api/auth/get-session`, { bearer: token })).body.session).toBeDefined();
    },
  ],
  [
    'apiKeys alone: a key opens a route',
    () => [ApiKeysModule.forRoot()],
    async (host) => {
      const owner = { kind: 'service', id: 'billing' } as const;
      const { key } = await host.app.get(ApiKeysService, { strict: false }).create({ owner, name: 'one' });
      const headers = { 'x-api-key': key };
      expect((await send(`${host.url}/keyed`, { headers })).status).toBe(200);
      expect((await send(`${host.url}/keyed`)).status).toBe(401);
    },
  ],
  [
    'clientCredentials alone: a token of another server',
    () => [ClientCredentialsModule.forRoot({ outbound: outboundTo(upstream, ['crm']) })],
    async (host) => expect(await tokenOf(host, 'crm')).toMatchObject({ accessToken: expect.any(String) }),
  ],
  [
    'bearer with accounts: a refresh token comes with the sign-in',
    () => [accounts(), BearerModule.forRoot({ refreshToken: { enabled: true } })],
    async (host) => expect((await signUp(host.url)).refreshToken).toBeDefined(),
  ],
  [
    'jwt with accounts: a token of the session, and its key set',
    () => [accounts(), JwtModule.forRoot()],
    async (host) => {
      const { token } = await signUp(host.url);
      expect((await send(`${host.url}/api/auth/token`, { bearer: token })).body.token).toMatch(/^ey/);
      expect((await send(`${host.url}/api/auth/jwks`)).body.keys).toHaveLength(1);
    },
  ],
  [
    'accountLinking with accounts: the list of the own accounts',
    () => [accounts(), AccountLinkingModule.forRoot({})],
    async (host) => {
      const { token } = await signUp(host.url);
      expect((await send(`${host.url}/api/auth/list-accounts`, { bearer: token })).status).toBe(200);
    },
  ],
  [
    'device with accounts: a code for a device',
    () => [accounts(), DeviceModule.forRoot()],
    async (host) => {
      const body = { client_id: 'tv' };
      expect((await send(`${host.url}/api/auth/device/code`, { body })).body).toHaveProperty('user_code');
    },
  ],
  [
    'oauthProvider with accounts and jwt: its discovery document',
    () => [accounts(), JwtModule.forRoot(), OAuthProviderModule.forRoot({ clients: [CLIENT] })],
    async (host) => {
      const { body } = await send(`${host.url}/.well-known/openid-configuration`);
      expect(body.issuer).toBe(TEST_ISSUER);
    },
  ],
];

describe('each capability works with what README says', () => {
  it.each(ALONE)('%s', async (_name, modules, use) => {
    const [first, ...rest] = [core(), ...modules()] as [DynamicModule, ...DynamicModule[]];
    const host = await createTestApp({ authModule: first, imports: rest, controllers: [KeyedController] });
    await use(host).finally(() => host.close());
  });

  it.each<[string, () => DynamicModule[], RegExp]>([
    ['bearer', () => [BearerModule.forRoot()], /^bearer needs sessions.*Add accounts.*import AccountsModule/],
    ['jwt', () => [JwtModule.forRoot()], /^jwt needs sessions.*import AccountsModule.*ResourceServerModule/],
    [
      'accountLinking',
      () => [AccountLinkingModule.forRoot({})],
      /^accountLinking needs sessions.*import AccountsModule/,
    ],
    ['device', () => [DeviceModule.forRoot({})], /^device needs sessions.*import AccountsModule/],
    ['oauthProvider', () => [OAuthProviderModule.forRoot({})], /^oauthProvider needs sessions.*import AccountsModule/],
    [
      'oauthProvider with accounts',
      () => [accounts(), OAuthProviderModule.forRoot({})],
      /^oauthProvider signs ID tokens with keys that jwt publishes.*import JwtModule/,
    ],
  ])('%s says in a sentence what it needs', async (_name, modules, sentence) => {
    expect(await bootError(() => [core(), ...modules()])).toMatch(sentence);
  });

  it('without a data source the start says so, and who needs none', async () => {
    const options = { issuer: TEST_ISSUER, secret: TEST_SECRET, accounts: false, bearer: false } as const;
    const start = Test.createTestingModule({ imports: [AuthModule.forRoot(options)] })
      .setLogger(new ConsoleLogger({ logLevels: [] }))
      .compile();
    await expect(start).rejects.toThrow(/^There is no data source\. Import TypeOrmModule.*ResourceServerModule/);
  });
});
