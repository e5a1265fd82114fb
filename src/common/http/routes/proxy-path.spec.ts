import { proxyPathOf, type Mount } from './proxy-path.js';

const at = (...basePaths: string[]): Mount[] => basePaths.map((basePath) => ({ basePath, prefix: '/api/auth' }));

describe('F13: what an issuer with a path says of a proxy in front', () => {
  it.each<[string, string, string[], string]>([
    ['no path', '', ['/api/auth'], ''],
    ['the path of the routes (F39)', '/api/auth', ['/api/auth'], ''],
    ['the same below a proxy', '/tenant/api/auth', ['/api/auth'], '/tenant'],
    ['the same with a global prefix', '/v1/api/auth', ['/v1/api/auth'], ''],
    ['the global prefix', '/v1', ['/v1/api/auth'], ''],
    ['part of the global prefix', '/v1', ['/v1/x/api/auth'], ''],
    ['a proxy and the global prefix', '/tenant/v1', ['/v1/api/auth'], '/tenant'],
    ['a proxy', '/tenant', ['/api/auth'], '/tenant'],
    ['a proxy before a global prefix', '/tenant', ['/v1/api/auth'], '/tenant'],
    ['a proxy that begins like the global prefix', '/v', ['/v1/api/auth'], '/v'],
    ['a proxy that ends like it', '/xv1', ['/v1/api/auth'], '/xv1'],
    ['a proxy that begins like the route prefix', '/api', ['/api/auth'], '/api'],
    ['one of two places of the routes', '/api/auth', ['/v1/api/auth', '/api/auth'], ''],
  ])('%s', (_name, issuerPath, basePaths, expected) => {
    expect(proxyPathOf(issuerPath, at(...basePaths))).toBe(expected);
  });

  it.each(['/api/auth', '/tenant/api/auth'])('%s stops the boot when the routes are elsewhere', (issuerPath) => {
    expect(() => proxyPathOf(issuerPath, at('/v1/api/auth'))).toThrow(/^issuer: .*setGlobalPrefix.*exclude/);
  });
});
