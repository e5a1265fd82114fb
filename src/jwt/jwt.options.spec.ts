import { resolveCoreOptions } from '../common/options/core-options.js';
import { resolveJwtOptions, type JwtOptions } from './jwt.options.js';

const ISSUER = 'https://auth.example.com';
const core = resolveCoreOptions({ issuer: ISSUER, secret: 'a secret for tests only, long enough 0123456789' });
const resolve = (options: object) => resolveJwtOptions(options as JwtOptions, core);

describe('options of jwt', () => {
  it('defaults', () => {
    expect(resolve({})).toMatchObject({
      algorithm: 'ES256',
      expiresInSeconds: 900,
      maxExpiresInSeconds: 86_400,
      issuer: ISSUER,
      audiences: new Set([ISSUER]),
      jwksMaxAgeSeconds: 300,
      rotationSeconds: 90 * 86_400,
      leewaySeconds: 5,
      setAuthJwt: false,
    });
    expect(resolve({ algorithm: 'HS256' }).rotationSeconds).toBeNull();
    expect(resolve({ keyRotation: { enabled: false } }).rotationSeconds).toBeNull();
    expect(resolve({ keyRotation: { enabled: true, interval: 60 * 60 * 24 * 7 } }).rotationSeconds).toBe(604_800);
  });

  it.each<[object, RegExp]>([
    [{ algorithm: 'none' }, /jwt\.algorithm: "none" is not offered/],
    [{ algorithm: 'HS256', keyRotation: { enabled: true } }, /verifiers would not get the new secret/],
    [{ expiresIn: 0 }, /jwt\.expiresIn: 0 is out of range/],
    [{ expiresIn: '8d' }, /jwt\.expiresIn/],
    [{ expiresIn: '2h', maxExpiresIn: '1h' }, /jwt\.maxExpiresIn/],
    [{ keyRotation: { interval: '5m' } }, /jwt\.keyRotation\.interval: "5m" is out of range/],
    [{ jwksEndpoint: 'jwks.json' }, /not an absolute path/],
    [{ jwksEndpoint: '/keys/:id' }, /not an absolute path/],
    [{ audience: [''] }, /jwt\.audience/],
    [{ issuer: 'nobody' }, /jwt\.issuer/],
    [{ leeway: 61 }, /jwt\.leeway/],
    [{ customClaims: {} }, /jwt\.customClaims: .*Give a function/],
    [{ trustedIssuers: [{ issuer: 'http://idp.example.com' }] }, /is not https/],
    [{ trustedIssuers: [{ issuer: 'https://10.0.0.7' }] }, /inner network/],
    [{ trustedIssuers: [{ issuer: 'https://[::1]' }] }, /this machine/],
    [{ trustedIssuers: [{ issuer: 'https://[fd00::1]' }] }, /inner network/],
    [{ trustedIssuers: [{ issuer: 'https://user:pass@idp.example.com' }] }, /credentials/],
    [{ trustedIssuers: [{ issuer: 'http://127.0.0.1:1' }] }, /is not https/],
    [
      { trustedIssuers: [{ issuer: 'https://idp.example.com', jwksUri: 'https://169.254.169.254/k' }] },
      /inner network/,
    ],
    [{ trustedIssuers: [{ issuer: 'https://idp.example.com', algorithms: ['HS256'] }] }, /algorithms must be some of/],
    [{ trustedIssuers: [{ issuer: ISSUER }] }, /is this server itself/],
    [{ trustedIssuers: [{ issuer: 'https://a.example', audiences: ['x'] }] }, /no option "audiences".*audience/],
    [{ trustedIssuers: [{ issuer: 'https://a.example' }, { issuer: 'https://a.example' }] }, /listed twice/],
  ])('the boot stops for %j', (options, message) => {
    expect(() => resolve(options)).toThrow(message);
  });
});
