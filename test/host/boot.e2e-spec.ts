import { AccountsModule, AuthCoreModule, AuthModule, BearerModule, type AuthOptions } from '../../src/index.js';
import { TEST_ISSUER, TEST_SECRET } from '../support/app.js';
import { bootError, type Imports } from '../support/boot-error.js';

const core = { issuer: TEST_ISSUER, secret: TEST_SECRET, cacheTtl: 0, sweep: { enabled: false } };
const boot = (change: object) => bootError(() => [AuthModule.forRoot({ ...core, ...change } as AuthOptions)]);

describe('a wrong option stops the boot with a sentence that says what to change', () => {
  it.each<[string, object, RegExp]>([
    [
      'no secret',
      { secret: undefined },
      /^secret: .*shorter than 32 characters\. Make one with: openssl rand -base64 32$/,
    ],
    ['a short secret', { secret: 'too short' }, /^secret: .*openssl rand/],
    [
      'a secret of one letter',
      { secret: 'a'.repeat(64) },
      /^secret: .*fewer than 8 different characters.*openssl rand/,
    ],
    ['a weak secret among several', { secret: [TEST_SECRET, 'short'] }, /^secret\[1\]: /],
    ['no secret in the list', { secret: [] }, /^secret: the list is empty\. Give at least one/],
    ['one secret twice', { secret: [TEST_SECRET, TEST_SECRET] }, /^secret: .*listed twice\. Remove one/],
    ['no issuer', { issuer: undefined }, /^issuer: .*Give the public base address/],
    [
      'an issuer that is no address',
      { issuer: 'example.com' },
      /^issuer: "example\.com".*Give the public base address/,
    ],
    ['an http issuer', { issuer: 'http://auth.example.com' }, /^issuer: .*plain http.*Use https/],
    ['an issuer with a query', { issuer: 'https://a.example/?x=1' }, /^issuer: .*Remove them/],
    [
      'a trusted origin with a path',
      { trustedOrigins: ['https://a.example/x'] },
      /^trustedOrigins: .*Give scheme:\/\/host/,
    ],
    ['a wildcard origin', { trustedOrigins: ['*'] }, /^trustedOrigins: "\*" is not a pattern/],
    ['a proxy that is no address', { trustProxy: ['proxy.local'] }, /^trustProxy: "proxy\.local".*Give e\.g\./],
    ['a cache that lives too long', { cacheTtl: '1h' }, /^cacheTtl: .*Give 0 to 60 seconds/],
    ['a cookie prefix with a space', { cookies: { prefix: 'a b' } }, /^cookies\.prefix: .*Use letters/],
    ['__Host- over http', { cookies: { hostPrefix: true } }, /^cookies\.hostPrefix: .*https issuer/],
    [
      'a route prefix with a slash at its end',
      { routes: { prefix: '/auth/' } },
      /^routes\.prefix: .*Give one such as '\/api\/auth'/,
    ],
    [
      'a client with a grant that no capability adds',
      {
        jwt: true,
        oauthProvider: { clients: [{ clientId: 'x', clientSecret: 's'.repeat(40), grantTypes: ['password'] }] },
      },
      /^oauthProvider\.clients: "x": grant_types: one of them is not offered\. Correct it/,
    ],
    ['an unknown option', { acounts: {} }, /there is no option "acounts"\. Known options: .*accounts, bearer/],
    [
      'a lifetime that is none',
      { bearer: { expiresIn: 'soon' } },
      /^bearer\.expiresIn: "soon" is not a duration\. Give/,
    ],
    [
      'a lifetime out of range',
      { bearer: { expiresIn: '30d' } },
      /^bearer\.expiresIn: .*out of range\. Give 10 to 604800 seconds/,
    ],
    [
      'refresh tokens shorter than access tokens',
      { bearer: { expiresIn: '1d', refreshToken: { enabled: true, expiresIn: '1h' } } },
      /^bearer\.refreshToken\.expiresIn: it is shorter than bearer\.expiresIn.*Make it longer/,
    ],
    [
      'a lifetime of refresh tokens that are off',
      { bearer: { refreshToken: { expiresIn: '1d' } } },
      /^bearer\.refreshToken\.expiresIn is given but refresh tokens are off\. Set bearer\.refreshToken\.enabled/,
    ],
    [
      'a password minimum below 8',
      { accounts: { password: { minLength: 4 } } },
      /^accounts\.password: minLength must be at least 8/,
    ],
    ['a maximum below the minimum', { accounts: { password: { maxLength: 7 } } }, /^accounts\.password: /],
    [
      'updateAge beyond expiresIn',
      { accounts: { session: { expiresIn: '1h', updateAge: '2h' } } },
      /^accounts\.session\.updateAge: .*out of range/,
    ],
    [
      'a scope with a space',
      { accounts: { session: { scopes: ['a b'] } } },
      /^accounts\.session\.scopes: "a b" is not a scope\. Use/,
    ],
    ['bearer without accounts', { accounts: false }, /^bearer needs sessions.*Add accounts to AuthModule\.forRoot/],
    [
      'an unknown option of accounts',
      { accounts: { signup: { enabled: false } } },
      /accounts.*"signup".*Known options: .*signUp/,
    ],
    [
      'an unknown option within a block',
      { accounts: { session: { expires: '1d' } } },
      /accounts\.session.*"expires".*Known options: .*expiresIn/,
    ],
    ['an unknown option of bearer', { bearer: { refresh: {} } }, /bearer.*"refresh".*Known options: .*refreshToken/],
  ])('%s', async (_name, change, expected) => {
    expect(await boot(change)).toMatch(expected);
  });

  it('no options at all', async () => {
    expect(await bootError(() => [AuthModule.forRoot(undefined as unknown as AuthOptions)])).toMatch(
      /give at least \{ issuer, secret \}/i,
    );
  });
});

describe('modules in a combination that cannot work stop the boot', () => {
  it('a capability without AuthCoreModule', async () => {
    expect(await bootError(() => [AccountsModule.forRoot({})])).toMatch(
      /^Give \{ issuer, secret \} to AuthModule\.forRoot, or import AuthCoreModule\.forRoot/,
    );
  });

  it('bearer without accounts, as single modules', async () => {
    expect(await bootError(() => [AuthCoreModule.forRoot(core), BearerModule.forRoot({})])).toMatch(
      /^bearer needs sessions.*import AccountsModule\.forRoot\(\)/,
    );
  });

  it.each<[string, () => Imports, string]>([
    ['accounts', () => [AuthModule.forRoot(core), AccountsModule.forRoot({ signUp: { enabled: false } })], 'accounts'],
    ['bearer', () => [AuthModule.forRoot(core), BearerModule.forRoot({ expiresIn: '1h' })], 'bearer'],
    ['the core', () => [AuthModule.forRoot(core), AuthCoreModule.forRoot(core)], 'core'],
    ['AuthModule', () => [AuthModule.forRoot(core), AuthModule.forRoot(core)], ''],
  ])('%s registered twice', async (_name, imports, capability) => {
    expect(await bootError(imports)).toMatch(
      new RegExp(`"${capability}.*is registered twice\\. Import its module once`),
    );
  });

  it('forRootAsync without a source of options', async () => {
    expect(await bootError(() => [AuthModule.forRootAsync({})])).toMatch(
      /give one of useFactory, useClass and useExisting/,
    );
  });

  it('forRootAsync whose factory configures a capability that is not in the list', async () => {
    const imports = () => [
      AuthModule.forRootAsync({
        capabilities: ['accounts'],
        useFactory: () => ({ ...core, bearer: { expiresIn: '1h' } }),
      }),
    ];
    expect(await bootError(imports)).toMatch(
      /options\.bearer is given but "bearer" is not in capabilities\. Add it there/,
    );
  });

  it('forRootAsync whose factory turns off a capability that is in the list', async () => {
    const imports = () => [AuthModule.forRootAsync({ useFactory: () => ({ ...core, bearer: false }) })];
    expect(await bootError(imports)).toMatch(
      /options\.bearer is false but "bearer" is in capabilities\. .*capabilities/,
    );
  });

  it('forRootAsync whose factory gives a weak secret', async () => {
    const imports = () => [AuthModule.forRootAsync({ useFactory: async () => ({ ...core, secret: 'weak' }) })];
    expect(await bootError(imports)).toMatch(/^secret: /);
  });
});
