import { requirePageAddress } from './page-address.js';
import { resolveTrustedOrigins } from './trusted-origins.js';

const TRUSTED = {
  origins: resolveTrustedOrigins(['https://app.example', 'https://*.tenant.example'], 'https://auth.example'),
  takesQuery: true,
};
const ANYWHERE = { origins: null, takesQuery: false };

describe("addresses of the host's pages", () => {
  it.each(['/login', '/login?theme=dark', '/', 'https://app.example/login', 'https://auth.example'])(
    '%s is one',
    (address) => {
      expect(requirePageAddress('x.loginPage', address, TRUSTED)).toBe(address);
    },
  );

  it('F28: a page may be on an origin that a pattern names', () => {
    const address = 'https://one.tenant.example/login';
    expect(requirePageAddress('x.loginPage', address, TRUSTED)).toBe(address);
  });

  it('without a list of origins any http(s) address is one, also with a fragment', () => {
    for (const address of ['https://elsewhere.example/failed', 'http://localhost:3000/#/failed', '/failed#why'])
      expect(requirePageAddress('x.errorUrl', address, ANYWHERE)).toBe(address);
  });

  it.each<[string, unknown]>([
    ['nothing', ''],
    ['no text', 5],
    ['null', null],
    ['a path without a slash', 'login'],
    ['another host by two slashes', '//evil.example/login'],
    ['another host by a backslash', '/\\evil.example'],
    ['another host by dots', '/.//evil.example'],
    ['a script', 'javascript:alert(1)'],
    ['another scheme', 'myapp://login'],
    ['credentials', 'https://user:pass@app.example/login'],
    ['a space', '/log in'],
    ['a line break', '/login\r\nSet-Cookie: a=b'],
    ['what a header cannot carry', '/größe'],
    ['no address', 'https://'],
  ])('%s stops the boot and names the option', (_name, address) => {
    for (const rules of [TRUSTED, ANYWHERE])
      expect(() => requirePageAddress('x.loginPage', address, rules)).toThrow(/^x\.loginPage: .*Give /);
  });

  it('an origin that is not trusted stops the boot, and the sentence names trustedOrigins', () => {
    for (const address of ['https://evil.example/login', 'http://app.example/login', 'https://app.example:8443/'])
      expect(() => requirePageAddress('x.loginPage', address, TRUSTED)).toThrow(/^x\.loginPage: .*trustedOrigins/);
  });

  it('a fragment stops the boot where a query is added: it would end up in the fragment', () => {
    for (const address of ['/#/login', 'https://app.example/#/login'])
      expect(() => requirePageAddress('x.loginPage', address, TRUSTED)).toThrow(/^x\.loginPage: .*fragment/);
  });
});
