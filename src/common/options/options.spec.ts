import { resolveSeconds } from './duration.js';
import { resolveCoreOptions, type AuthCoreOptions } from './core-options.js';

const LIMITS = { min: 0, max: 31_536_000 };
const SECRET = 'thirty-two characters of a secret';
const GOOD: AuthCoreOptions = { issuer: 'https://auth.example', secret: SECRET };

describe('durations', () => {
  it.each<[number | string, number]>([
    [0, 0],
    [15, 15],
    ['15s', 15],
    ['60 s', 60],
    ['15m', 900],
    ['1h', 3_600],
    ['7d', 604_800],
    ['5000ms', 5],
    ['5000', 5],
  ])('%j is %d seconds', (value, seconds) => {
    expect(resolveSeconds('x', value, LIMITS)).toBe(seconds);
  });

  it.each([
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    ' ',
    'soon',
    '15 parsecs',
    '1.5s',
    '500ms',
    -1,
    '-5m',
    31_536_001,
    '2y',
    '1e400s',
    'x'.repeat(200),
  ])('%p stops the boot and names the option', (value) => {
    expect(() => resolveSeconds('bearer.expiresIn', value, LIMITS)).toThrow(/^bearer\.expiresIn: /);
  });
});

describe('core options', () => {
  it('fills in the defaults and freezes', () => {
    const settings = resolveCoreOptions(GOOD);
    expect(settings).toMatchObject({
      issuer: 'https://auth.example',
      secrets: [SECRET],
      cacheTtlSeconds: 5,
      cacheSize: 10_000,
    });
    expect(settings).toMatchObject({
      rateLimits: true,
      legacyCredentials: false,
      trustProxy: [],
      administrationGuard: null,
    });
    expect(settings.cookies).toEqual({
      prefix: 'better-auth',
      namePrefix: '__Host-',
      readPrefixes: ['__Host-', '__Secure-'],
      secure: true,
      domain: null,
      sameSite: 'Lax',
      partitioned: false,
    });
    expect([...settings.trustedOrigins.exact]).toEqual(['https://auth.example']);
    expect(
      [settings, settings.secrets, settings.cookies, settings.sweep, settings.trustProxy].every(Object.isFrozen),
    ).toBe(true);
  });

  it.each<[string, string]>([
    ['https://auth.example/', 'https://auth.example'],
    ['https://AUTH.example:443', 'https://auth.example'],
    ['https://auth.example/tenant/', 'https://auth.example/tenant'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ])('the issuer %s is %s', (issuer, expected) => {
    expect(resolveCoreOptions({ ...GOOD, issuer }).issuer).toBe(expected);
  });

  it.each<[string, unknown, RegExp]>([
    ['no options', undefined, /issuer, secret/],
    ['no issuer', { secret: SECRET }, /^issuer: /],
    ['an issuer that is no address', { ...GOOD, issuer: 'auth.example' }, /^issuer: /],
    ['an issuer of another scheme', { ...GOOD, issuer: 'ftp://auth.example' }, /^issuer: /],
    ['an issuer with a query', { ...GOOD, issuer: 'https://auth.example?x' }, /^issuer: .*query/],
    ['an issuer with a fragment', { ...GOOD, issuer: 'https://auth.example#x' }, /^issuer: /],
    ['an issuer with credentials', { ...GOOD, issuer: 'https://u:p@auth.example' }, /^issuer: /],
    ['plain http', { ...GOOD, issuer: 'http://auth.example' }, /^issuer: .*https/],
    [
      'plain http to a host that only begins like loopback',
      { ...GOOD, issuer: 'http://127.evil.example' },
      /^issuer: /,
    ],
    ['no secret', { issuer: GOOD.issuer }, /^secret: .*openssl/],
    ['a short secret', { ...GOOD, secret: 'x'.repeat(31) }, /^secret: /],
    ['a secret of one letter', { ...GOOD, secret: 'a'.repeat(64) }, /^secret: .*guessed/],
    ['no secret in the list', { ...GOOD, secret: [] }, /^secret: /],
    ['a short one in the list', { ...GOOD, secret: [SECRET, 'short'] }, /^secret\[1\]: /],
    ['the same one twice', { ...GOOD, secret: [SECRET, SECRET] }, /^secret: .*twice/],
    ['an origin with a path', { ...GOOD, trustedOrigins: ['https://a.example/x'] }, /^trustedOrigins: /],
    ['an origin with a wildcard', { ...GOOD, trustedOrigins: ['https://*.example'] }, /^trustedOrigins: /],
    ['any origin', { ...GOOD, trustedOrigins: ['*'] }, /^trustedOrigins: /],
    ['the null origin', { ...GOOD, trustedOrigins: ['null'] }, /^trustedOrigins: /],
    ['a long cache', { ...GOOD, cacheTtl: '2m' }, /^cacheTtl: /],
    ['a small cache', { ...GOOD, cacheSize: 1 }, /^cacheSize: /],
    ['a cookie prefix with a semicolon', { ...GOOD, cookies: { prefix: 'a;b' } }, /^cookies\.prefix: /],
    [
      '__Host- without https',
      { ...GOOD, issuer: 'http://localhost', cookies: { hostPrefix: true } },
      /^cookies\.hostPrefix: /,
    ],
    ['sweeping all the time', { ...GOOD, sweep: { interval: 0 } }, /^sweep\.interval: /],
  ])('%s stops the boot with a sentence', (_name, options, message) => {
    expect(() => resolveCoreOptions(options as AuthCoreOptions)).toThrow(message);
  });

  it('never tells a secret in a message', () => {
    const secret = 'short but secret';
    const attempt = () => resolveCoreOptions({ ...GOOD, secret });
    expect(attempt).toThrow('secret: it is missing or shorter');
    expect(attempt).not.toThrow(secret);
  });
});
