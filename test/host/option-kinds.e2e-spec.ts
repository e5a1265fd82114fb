import { AuthModule, type AuthOptions } from '../../src/index.js';
import { resolveAccountLinkingOptions } from '../../src/account-linking/account-linking.options.js';
import { resolveAccountsOptions } from '../../src/accounts/accounts.settings.js';
import { resolveApiKeysOptions } from '../../src/api-keys/api-keys.settings.js';
import { checkOptions } from '../../src/auth.options.js';
import { resolveBearerOptions } from '../../src/bearer/bearer.options.js';
import { resolveClientCredentialsOptions } from '../../src/client-credentials/client-credentials.options.js';
import { resolveCoreOptions } from '../../src/common/options/core-options.js';
import { resolveDeviceOptions } from '../../src/device/device.options.js';
import { resolveJwtOptions } from '../../src/jwt/jwt.options.js';
import { resolveOAuthProviderOptions } from '../../src/oauth-provider/oauth-provider.settings.js';
import { createTestApp, testOptions } from '../support/app.js';

const core = resolveCoreOptions(testOptions());

/** Checks a complete set of options, as a start does. */
function resolve(options: Record<string, unknown>): void {
  const given = { ...testOptions(), ...options } as AuthOptions;
  checkOptions(given, [
    'accounts',
    'bearer',
    'accountLinking',
    'apiKeys',
    'clientCredentials',
    'device',
    'jwt',
    'oauthProvider',
  ]);
  resolveCoreOptions(given);
  const of = <Block>(name: keyof AuthOptions) => options[name] as Block;
  resolveAccountsOptions(of('accounts'));
  resolveBearerOptions(of('bearer'));
  resolveDeviceOptions(of('device'));
  resolveAccountLinkingOptions(of('accountLinking'));
  resolveClientCredentialsOptions(of('clientCredentials'));
  resolveApiKeysOptions(of('apiKeys') ?? {});
  resolveJwtOptions(of('jwt'), core);
  resolveOAuthProviderOptions(of('oauthProvider'), core);
}

const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  texts: ['a b', true, 7, null, {}, () => true, [7], ['a', null]],
  flag: ['true', 1, null, {}, [], { max: 5 }],
  number: ['7', true, null, Number.NaN, Number.POSITIVE_INFINITY, [], {}],
  duration: [true, null, Number.NaN, [], {}, () => 5],
  text: [7, true, null, ['a'], {}, () => 'a'],
  function: ['f', true, null, {}, 7],
  block: ['x', 7, null, ['x'], true, () => true],
  blocks: ['x', {}, null, [7], ['x'], true],
  'flag or block': ['x', 7, null, ['x'], () => true],
  'text or block': [7, true, null, ['x'], () => true],
  'text or texts': [7, true, null, {}, [7], () => true],
  'texts or block': ['a b', true, 7, null, () => true, [7], ['a', null]],
  'function or block': ['x', 7, null, true, ['x']],
  'text or function': ['a b', '', 7, true, null, ['a'], {}],
  'texts or function': ['a b', true, 7, null, {}, [7], ['https://a.example', null]],
};

/** Every documented option, by what it is. */
const OPTIONS: Readonly<Record<string, string>> = {
  texts:
    'trustProxy accounts.session.scopes oauthProvider.defaultScopes oauthProvider.idTokenAlgorithms oauthProvider.corsOrigins oauthProvider.redirectSchemes apiKeys.defaultScopes apiKeys.maxScopes accountLinking.linking.trustedProviders',
  flag: 'rateLimits checkMigrations cookies.partitioned accounts.oneTimeToken.clientRequests legacyCredentials allowPrivateNetwork cookies.hostPrefix sweep.enabled accounts.signUp.enabled accounts.signUp.autoSignIn accounts.requireEmailVerification bearer.refreshToken.enabled jwt.keyRotation.enabled jwt.setAuthJwt device.enabled device.page oauthProvider.oauth21 oauthProvider.requirePKCE oauthProvider.skipConsentForFirstParty oauthProvider.requestObjects apiKeys.requireName apiKeys.enableMetadata apiKeys.enableSessionForAPIKeys apiKeys.rateLimit.enabled accountLinking.linking.enabled accountLinking.linking.allowDifferentEmails accountLinking.linking.disableImplicitLinking accountLinking.linking.requireLocalEmailVerified accountLinking.linking.requireProviderEmailVerified accountLinking.linking.allowUnlinkingAll accountLinking.linking.updateUserInfoOnLink',
  number:
    'cacheSize apiKeys.maxPerOwner accounts.password.minLength accounts.password.maxLength device.userCode.length device.userCode.grouping apiKeys.keyLength apiKeys.maxMetadataBytes apiKeys.maxMetadataDepth apiKeys.rateLimit.window apiKeys.rateLimit.max apiKeys.quota.remaining apiKeys.quota.refillAmount oauthProvider.dynamicRegistration.maxPerUser oauthProvider.dynamicRegistration.maxOpenPerHour',
  duration:
    'cacheTtl sweep.interval accounts.session.expiresIn accounts.session.updateAge accounts.session.freshAge bearer.expiresIn bearer.refreshToken.expiresIn jwt.expiresIn jwt.maxExpiresIn jwt.jwksMaxAge jwt.leeway jwt.keyRotation.interval device.interval device.expiresIn oauthProvider.accessTokenTTL oauthProvider.refreshTokenTTL oauthProvider.idTokenTTL oauthProvider.codeTTL oauthProvider.requestTTL oauthProvider.dynamicRegistration.secretTTL apiKeys.expiresIn apiKeys.minExpiresIn apiKeys.maxExpiresIn apiKeys.rotationOverlap apiKeys.maxRotationOverlap apiKeys.usageInterval apiKeys.retention accountLinking.stateExpiresIn accountLinking.requestTimeout clientCredentials.outbound.timeout',
  text: 'issuer cookies.prefix cookies.domain cookies.sameSite accounts.oneTimeToken.inCallback jwt.clientId jwt.type oauthProvider.idTokenClaims oauthProvider.rememberConsent dataSource jwt.algorithm jwt.issuer jwt.jwksEndpoint device.verificationUri device.userCode.alphabet oauthProvider.issuer oauthProvider.accessTokenFormat oauthProvider.accessTokenAlgorithm oauthProvider.loginPage oauthProvider.consentPage oauthProvider.selectAccountPage oauthProvider.signUpPage oauthProvider.pairwiseSecret oauthProvider.dynamicRegistration.mode apiKeys.prefix apiKeys.hashAlgorithm apiKeys.references accountLinking.errorUrl pages.name pages.logo pages.supportUrl pages.defaultLanguage',
  function:
    'accounts.hooks.beforeSignUp accounts.hooks.beforeSignIn accounts.hooks.resolveScopes jwt.customClaims device.validateClient accountLinking.normaliseTokenAnswer oauthProvider.hooks.customClaims oauthProvider.hooks.customIdTokenClaims oauthProvider.hooks.customAccessTokenClaims oauthProvider.hooks.beforeAuthorization',
  block:
    'pages pages.variables pages.texts routes cookies sweep transports transports.rpc administration accounts.signUp accounts.password accounts.session accounts.oneTimeToken accounts.hooks bearer.refreshToken jwt.keyRotation device.userCode oauthProvider.hooks apiKeys.rateLimit apiKeys.quota apiKeys.defaultPermissions apiKeys.maxPermissions apiKeys.hooks accountLinking.linking clientCredentials.outbound clientCredentials.outbound.applications clientCredentials.outbound.providers',
  blocks:
    'pages.links jwt.trustedIssuers oauthProvider.clients resources apiKeys.configurations apiKeys.earlierFormats accountLinking.providers',
  'flag or block': 'accounts bearer accountLinking apiKeys clientCredentials device jwt oauthProvider',
  'text or block': 'oauthProvider.dynamicRegistration pages.accent pages.footer',
  'text or texts': 'secret jwt.audience apiKeys.apiKeyHeaders',
  'texts or block': 'oauthProvider.scopes',
  'text or function': 'transports.rpc.credentialField',
  'texts or function': 'trustedOrigins',
  'function or block': 'accounts.users administration.guard',
};

const CASES = Object.entries(OPTIONS).flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind] as const));

/** `{ a: { b: value } }` of `a.b`. */
function nested(name: string, value: unknown): Record<string, unknown> {
  const [first, ...rest] = name.split('.') as [string, ...string[]];
  return { [first]: rest.length === 0 ? value : nested(rest.join('.'), value) };
}

function messageOf(options: Record<string, unknown>): string {
  try {
    resolve(options);
    return 'taken';
  } catch (error) {
    return error instanceof TypeError ? `TypeError ${error.message}` : (error as Error).message;
  }
}

describe('F22: an option of another kind is refused by its name', () => {
  it.each(CASES)('%s is %s', (name, kind) => {
    for (const value of WRONG[kind]!) {
      const message = messageOf(nested(name, value));
      const names = [name, ...(kind.includes('texts') ? [`${name}[`] : [])];
      expect([value, message, names.some((one) => message.startsWith(one))]).toEqual([value, message, true]);
      expect(message).toMatch(/\. (?:Give|Make|Use) /);
    }
  });

  it('an unknown name at the top', () => {
    expect(messageOf({ trustedOrigin: [] })).toMatch(/there is no option "trustedOrigin"/);
  });

  it.each([
    { trustedOrigins: ['https://a.example', () => true] },
    { trustedOrigins: () => true },
    { transports: { rpc: { credentialField: 'authorization' } } },
    { transports: { rpc: { credentialField: () => null } } },
    { accountLinking: { providers: [{ providerId: 'google', clientId: ['web', 'ios'], clientSecret: 'x' }] } },
  ])('F22: what may be of several kinds is taken: %j', (options) => expect(messageOf(options)).toBe('taken'));

  it('a secret is not repeated', () => {
    expect(messageOf({ oauthProvider: { pairwiseSecret: ['hush-hush'] } })).not.toContain('hush');
  });

  it.each([
    [{ trustedOrigins: 'https://a.example' }, /^trustedOrigins: it is a text/],
    [{ rateLimits: { max: 5 } }, /^rateLimits: it is an object/],
    [{ jwt: true, oauthProvider: { scopes: 'a b' } }, /^oauthProvider\.scopes: it is a text/],
    [
      { jwt: true, oauthProvider: { clients: [{ clientId: 'a', redirectUris: 'x' }] } },
      /^oauthProvider\.clients\[0\]\.redirectUris: /,
    ],
  ])('%j stops the boot, also from a factory', async (wrong, message) => {
    const options = testOptions(wrong as unknown as Partial<AuthOptions>);
    await expect(createTestApp({ auth: wrong as unknown as Partial<AuthOptions> })).rejects.toThrow(message);
    const capabilities = ['accounts', 'bearer', 'jwt', 'oauthProvider'] as const;
    const authModule = AuthModule.forRootAsync({
      capabilities: 'jwt' in wrong ? capabilities : capabilities.slice(0, 2),
      useFactory: async () => options,
    });
    await expect(createTestApp({ authModule })).rejects.toThrow(message);
  });
});
