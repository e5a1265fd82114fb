import { resolveCoreOptions } from '../options/resolve-core-options.js';
import { SecretBox } from '../secrets/secret-box.js';
import { AuthCookies } from './cookies.js';
import { readCookie, toHeaderBag } from './headers.js';

const OLD = 'the old secret of this server, 0123456789';
const NEW = 'the new secret of this server, 9876543210';

function cookies(issuer = 'https://auth.example', secret: string | string[] = NEW, hostPrefix = false): AuthCookies {
  const settings = resolveCoreOptions({ issuer, secret, cookies: { hostPrefix } });
  return new AuthCookies(settings, new SecretBox(settings.secrets));
}

const sentBack = (line: string) => ({ cookie: line.split(';', 1)[0]! });

describe('T032 cookies', () => {
  it('are Secure, HttpOnly and Lax over https, without a domain', () => {
    expect(cookies().write('session_token', 'v', 60)).toMatch(
      /^__Secure-better-auth\.session_token=v\.[A-Za-z0-9%]+; Max-Age=60; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  it('have the plain name over http, and __Host- on request', () => {
    expect(cookies('http://localhost:3000').nameOf('x')).toBe('better-auth.x');
    expect(cookies('https://a.example', NEW, true).nameOf('x')).toBe('__Host-better-auth.x');
  });

  it('live at most 400 days, or as long as the browser', () => {
    expect(cookies().write('x', 'v', 99_999_999)).toContain('Max-Age=34560000;');
    expect(cookies().write('x', 'v', null)).not.toContain('Max-Age');
    expect(cookies().clear('x')).toContain('x=; Max-Age=0;');
  });

  it('come back as they were written, whatever is in them', () => {
    for (const value of ['token', 'a.b.c', 'ä; x=y', '', ' ', '100%', '"q"', 'a\r\nSet-Cookie: x=1']) {
      const line = cookies().write('x', value, 60);
      expect(line).not.toMatch(/[\r\n]/);
      expect(cookies().read(sentBack(line), 'x')).toBe(value === '' ? undefined : value);
    }
  });

  it('signed by a rotated secret are good, by a foreign one not', () => {
    const line = cookies('https://auth.example', OLD).write('x', 'v', 60);
    expect(cookies('https://auth.example', [NEW, OLD]).read(sentBack(line), 'x')).toBe('v');
    expect(cookies('https://auth.example', NEW).read(sentBack(line), 'x')).toBeUndefined();
  });

  it.each<[string, (signed: string) => string]>([
    ['unsigned', () => 'v'],
    ['with another value', (signed) => signed.replace(/^v/, 'w')],
    ['without its padding', (signed) => signed.replace(/=$/, '')],
    ['with more padding', (signed) => `${signed}=`],
    ['with a second signature', (signed) => `${signed}.${signed.split('.')[1]!}`],
    ['signed with nothing', () => 'v.'],
    ['only a signature', (signed) => `.${signed.split('.')[1]!}`],
    ['in base64url', (signed) => signed.replaceAll('+', '-').replaceAll('/', '_').replace(/=$/, '')],
    [
      'with spare bits in its last character',
      (signed) => signed.replace(/(.)=$/, (_all, last: string) => `${nextLetter(last)}=`),
    ],
  ])('one that is %s is none', (_name, change) => {
    const signed = cookies().sign('v');
    expect(cookies().unsign(signed)).toBe('v');
    expect(cookies().unsign(change(signed))).toBeUndefined();
  });
});

describe('RFC 6265 5.4 the Cookie header', () => {
  it.each<[string, string | undefined]>([
    ['a=1', '1'],
    ['b=2; a=1', '1'],
    ['b=2;a=1;c=3', '1'],
    ['a=1; a=2', '1'],
    ['a="1"', '1'],
    ['a = 1', '1'],
    ['a=x%3Dy', 'x=y'],
    ['a=x=y', 'x=y'],
    ['a=', ''],
    ['a=%zz', undefined],
    ['a=%ff', undefined],
    ['a', undefined],
    ['A=1', undefined],
    ['aa=1; ba=1', undefined],
    ['=1', undefined],
    ['', undefined],
  ])('%j gives %j', (cookie, expected) => {
    expect(readCookie({ cookie }, 'a')).toBe(expected);
  });

  it('Fetch headers and Node headers are read alike', () => {
    expect(toHeaderBag(new Headers({ Cookie: 'a=1' }))['cookie']).toBe('a=1');
    expect(toHeaderBag({ cookie: 'a=1' })['cookie']).toBe('a=1');
  });
});

/** A character whose upper bits of base64 are the same: a second spelling of one signature. */
function nextLetter(last: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return alphabet[alphabet.indexOf(last) ^ 1]!;
}
