import { namesOrigin, originOfAddress, resolveTrustedOrigins } from './trusted-origins.js';

const ISSUER = 'https://auth.example';
const RULES = resolveTrustedOrigins(
  [
    'https://app.example.com',
    'https://*.example.com',
    'http://*.localhost:3000',
    'https://*.bücher.example',
    'myapp://',
    'exp://',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'com.example.app:/',
    'pinned://callback',
  ],
  ISSUER,
);

describe('F28: origins that the list names', () => {
  it.each([
    ISSUER,
    'https://app.example.com',
    'https://one.example.com',
    'https://a-b_c1.example.com',
    'https://xn--bcher-kva.example.com',
    'http://tenant.localhost:3000',
    'https://shop.xn--bcher-kva.example',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'myapp://',
    'myapp://anything',
    'exp://192.168.1.5:8081',
    'com.example.app://',
    'pinned://callback',
    'pinned://CALLBACK',
  ])('%s is trusted', (origin) => {
    expect(namesOrigin(RULES, origin)).toBe(true);
  });

  it.each([
    'https://example.com',
    'https://a.b.example.com',
    'https://.example.com',
    'https://*.example.com',
    'https://-a.example.com',
    'http://one.example.com',
    'https://one.example.com:8443',
    'https://one.example.com.',
    'https://one.example.com/',
    'https://one.example.com.evil.example',
    'https://oneexample.com',
    'https://evil.example?.example.com',
    'https://malicious.com?.example.com',
    'https://malicious.com#.example.com',
    'https://malicious.com/.example.com',
    'https://malicious.com\\.example.com',
    'https://user@one.example.com',
    'https://malicious.com@one.example.com',
    'https://one.example.com@malicious.com',
    'https://one.ｅxample.com',
    'HTTPS://one.example.com',
    'https://shop.bücher.example',
    'http://tenant.localhost:3001',
    'http://tenant.localhost',
    'http://a.b.localhost:3000',
    'chrome-extension://otherotherotherotherotherotherot',
    'chrome-extension://',
    'other://',
    'myapp.evil://',
    'my://app',
    'pinned://callback.evil.example',
    'pinned://',
    'pinned://user@callback',
    'null',
    '',
    '*',
    'javascript://one.example.com',
  ])('%j is not', (origin) => {
    expect(namesOrigin(RULES, origin)).toBe(false);
  });
});

describe('F28: what has to be trusted before a browser is sent somewhere', () => {
  it.each([
    ['https://one.example.com/a?b#c', 'https://one.example.com'],
    ['HTTPS://ONE.example.com:443/', 'https://one.example.com'],
    ['myapp://callback/x?y=1#z', 'myapp://callback'],
    ['MyApp://Callback', 'myapp://callback'],
    ['myapp:///x', 'myapp://'],
    ['myapp:/x', 'myapp://'],
    ['exp://192.168.1.5:8081/--/cb', 'exp://192.168.1.5:8081'],
  ])('%s: %s', (address, origin) => {
    expect(originOfAddress(address)).toBe(origin);
  });

  it.each([
    'https://malicious.com@one.example.com',
    'https:/one.example.com',
    'https:one.example.com',
    'https:///one.example.com',
    'javascript://one.example.com/%0aalert(1)',
    'javascript:/x',
    'data://x',
    'intent://x#Intent;scheme=https;end',
    'file:///etc/passwd',
    'view-source://x',
    'myapp:callback',
    'myapp://user@callback',
    'relative',
    '',
  ])('%j: nothing that anybody could trust', (address) => {
    expect(originOfAddress(address)).toBeNull();
  });
});

describe('F28: origins as people write them', () => {
  it.each([
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://App.Example.com:443/', 'https://app.example.com'],
    ['http://LOCALHOST:80', 'http://localhost'],
    ['https://app.example.com:8443', 'https://app.example.com:8443'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['https://app.example.com.', 'https://app.example.com.'],
  ])('%s is %s', (entry, origin) => {
    const rules = resolveTrustedOrigins([entry], ISSUER);
    expect([...rules.exact]).toEqual([ISSUER, origin]);
  });
});

describe('F28: entries that stop the boot', () => {
  it.each<[unknown, RegExp]>([
    ['https://*', /is not a pattern/],
    ['https://*.', /is not a pattern/],
    ['https://*.com', /anybody can have a name/],
    ['https://*.co.uk', /anybody can have a name/],
    ['https://*.com.au', /anybody can have a name/],
    ['*.example.com', /Give scheme:\/\/\*\.domain/],
    ['*', /is not a pattern/],
    ['https://**.example.com', /is not a pattern/],
    ['https://*.*.example.com', /is not a pattern/],
    ['https://a.*.example.com', /is not a pattern/],
    ['https://app-*.example.com', /is not a pattern/],
    ['https://*example.com', /is not a pattern/],
    ['https://*.example.com/path', /is not a pattern/],
    ['https://*.example.com:*', /is not a pattern/],
    ['https://*.example.com.', /is not a pattern/],
    ['https://*.malicious.com?.example.com', /is not a pattern/],
    ['https://user@*.example.com', /is not a pattern/],
    ['https://*.0.0.1', /is not a pattern/],
    ['myapp://*', /is not a pattern|is not the scheme of an app/],
    ['exp://192.168.*.*:*/**', /is not the scheme of an app/],
    ['myapp://callback/path', /without path/],
    ['myapp://user@callback', /is not the scheme of an app/],
    ['javascript://', /belongs to browsers/],
    ['data:/', /belongs to browsers/],
    ['file:///', /belongs to browsers/],
    ['intent://', /belongs to browsers/],
    ['chrome-extension://', /names every extension/],
    ['moz-extension://', /names every extension/],
    ['myapp:', /is not an origin/],
    ['https://app.example.com/x', /is not an origin/],
    ['https://user@app.example.com', /is not an origin/],
    ['https://evil.example#.example.com', /is not an origin/],
    ['https://evil.example\\.example.com', /is not an origin/],
    ['https://2130706433', /is not an origin/],
    ['https:app.example.com', /is not an origin/],
    ['https://app.example.com:99999', /is not an origin/],
    ['', /is not an origin/],
    [5, /is not an origin/],
    [null, /is not an origin/],
  ])('%j', (entry, message) => {
    const attempt = () => resolveTrustedOrigins([entry], ISSUER);
    expect(attempt).toThrow(/^trustedOrigins: /);
    expect(attempt).toThrow(message);
  });

  it('a text in place of the list', () => {
    expect(() => resolveTrustedOrigins('https://app.example.com', ISSUER)).toThrow(/^trustedOrigins: .*Give an array/);
  });
});
