import { canBeAnsweredAt, matchesRedirectUri } from './redirect-uri.js';

const REGISTERED = [
  'https://web.example/callback',
  'https://web.example/with?tenant=1',
  'com.example.app:/callback',
  'http://127.0.0.1/callback',
  'http://[::1]:8000/callback?x=1',
  'http://localhost/callback',
];

describe('RFC 9700 2.1 redirect addresses are compared character by character', () => {
  it.each(REGISTERED)('T054 %s is itself', (uri) => expect(matchesRedirectUri(uri, REGISTERED)).toBe(true));

  it.each([
    '',
    'https://web.example/callback/',
    'https://web.example/Callback',
    'HTTPS://web.example/callback',
    'https://WEB.example/callback',
    'https://web.example:443/callback',
    'https://web.example/callback?',
    'https://web.example/callback?a=1',
    'https://web.example/callback#',
    'https://web.example/./callback',
    'https://web.example/x/../callback',
    'https://web.example/%63allback',
    'https://web.example/with?tenant=2',
    'https://web.example/with?tenant=1&tenant=1',
    'http://web.example/callback',
    ' https://web.example/callback',
    'https://web.example/callback ',
    'https://web.example/callback\t',
    'https://web.example./callback',
  ])('T054 %j is none of them', (uri) => expect(matchesRedirectUri(uri, REGISTERED)).toBe(false));

  it.each([
    'https://evil.test@web.example/callback',
    'https://web.example@evil.test/callback',
    'https://a@b@web.example/callback',
    'https://web.example\\@evil.test/callback',
    'https://web.example/callback\\..\\x',
    'https://webxexample/callback',
    'https://*.example/callback',
    'javascript:alert(1)//https://web.example/callback',
  ])('T055 %j is none of them', (uri) => expect(matchesRedirectUri(uri, REGISTERED)).toBe(false));
});

describe('RFC 8252 7.3 the port of a loopback address', () => {
  it.each([
    'http://127.0.0.1:1/callback',
    'http://127.0.0.1:65535/callback',
    'http://[::1]:9000/callback?x=1',
    'http://[::1]/callback?x=1',
  ])('T056 %s is taken', (uri) => expect(matchesRedirectUri(uri, REGISTERED)).toBe(true));

  it.each([
    'http://127.0.0.2:8000/callback',
    'https://127.0.0.1:8000/callback',
    'http://127.0.0.1:8000/Callback',
    'http://127.0.0.1:8000/callback/',
    'http://127.0.0.1:8000/callback?x=1',
    'http://127.0.0.1:8000/callback#x',
    'http://127.0.0.1:0/callback',
    'http://127.0.0.1:65536/callback',
    'http://127.0.0.1:/callback',
    'http://127.0.0.1:8000@evil.test/callback',
    'http://user@127.0.0.1:8000/callback',
    'http://127.0.0.1.evil.test:8000/callback',
    'http://127.1:8000/callback',
    'http://2130706433:8000/callback',
    'http://0.0.0.0:8000/callback',
    'http://[::1]:9000/callback',
    'http://[::ffff:127.0.0.1]:9000/callback?x=1',
    'http://localhost:8000/callback',
    'http://localhost.evil.test/callback',
    'http://127.0.0.1:8000\\@evil.test/callback',
    'http://127.0.0.1:8000/callback\n',
  ])('T056 %j is refused', (uri) => expect(matchesRedirectUri(uri, REGISTERED)).toBe(false));

  it('T056 only for addresses registered as loopback by number', () => {
    expect(matchesRedirectUri('https://web.example:8443/callback', REGISTERED)).toBe(false);
    expect(matchesRedirectUri('com.example.app:8000/callback', REGISTERED)).toBe(false);
  });
});

describe('T057 an answer says each thing once', () => {
  it.each(['https://web.example/cb', 'https://web.example/cb?tenant=1', 'com.example.app:/cb?code_of=x'])(
    '%s can be answered at',
    (uri) => expect(canBeAnsweredAt(uri)).toBe(true),
  );

  it.each([
    'https://web.example/cb?code=1',
    'https://web.example/cb?a=1&state=2',
    'https://web.example/cb?%69ss=x',
    'https://web.example/cb?error',
    'https://web.example/cb#code=1',
    'https://web.example/cb#',
    'https://web.example/€',
    'https://web.example/a b',
    'no address',
  ])('%s cannot', (uri) => expect(canBeAnsweredAt(uri)).toBe(false));
});
