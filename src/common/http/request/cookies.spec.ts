import type { CookieOptions } from '../../options/cookie-options.js';
import { resolveCoreOptions } from '../../options/core-options.js';
import { SecretBox } from '../../secrets/secret-box.js';
import { AuthCookies } from './cookies.js';
import { readCookies, toHeaderBag } from './headers.js';

const OLD = 'the old secret of this server, 0123456789';
const NEW = 'the new secret of this server, 9876543210';

function cookies(
  issuer = 'https://auth.example',
  secret: string | string[] = NEW,
  options: CookieOptions = {},
): AuthCookies {
  const settings = resolveCoreOptions({ issuer, secret, cookies: options });
  return new AuthCookies(settings, new SecretBox(settings.secrets));
}

const sentBack = (line: string) => ({ cookie: line.split(';', 1)[0]! });

describe('T032 cookies', () => {
  it('are Secure, HttpOnly and Lax over https, without a domain', () => {
    expect(cookies().write('session_token', 'v', 60)).toMatch(
      /^__Host-better-auth\.session_token=v\.[A-Za-z0-9%]+; Max-Age=60; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  it.each<[string, CookieOptions, string, string[]]>([
    ['http://localhost:3000', {}, 'better-auth.x', ['better-auth.x']],
    ['https://a.example', {}, '__Host-better-auth.x', ['__Host-better-auth.x', '__Secure-better-auth.x']],
    ['https://a.example', { hostPrefix: true }, '__Host-better-auth.x', ['__Host-better-auth.x']],
    [
      'https://a.example',
      { hostPrefix: false },
      '__Secure-better-auth.x',
      ['__Host-better-auth.x', '__Secure-better-auth.x'],
    ],
    [
      'https://www.a.example',
      { domain: 'a.example' },
      '__Secure-better-auth.x',
      ['__Host-better-auth.x', '__Secure-better-auth.x'],
    ],
  ])('F08: at %s with %j they are written as %s', (issuer, options, written, read) => {
    const jar = cookies(issuer, NEW, options);
    expect(jar.nameOf('x')).toBe(written);
    const value = encodeURIComponent(jar.sign('v'));
    const isRead = (name: string) => jar.values({ cookie: `${name}=${value}` }, 'x').length > 0;
    expect(['__Host-better-auth.x', '__Secure-better-auth.x', 'better-auth.x'].filter(isRead)).toEqual(read);
  });

  it('F08: a value under the weaker name does not count beside one under the stronger', () => {
    const [host, planted] = ['mine', 'planted'].map((value) => encodeURIComponent(cookies().sign(value)));
    const cookie = `__Secure-better-auth.x=${planted}; __Host-better-auth.x=${host}`;
    expect(cookies().values({ cookie }, 'x')).toEqual(['mine']);
    expect(cookies().allValues({ cookie }, 'x')).toEqual(['mine', 'planted']);
  });

  it('F08: clear names every place there can have been, the current one first; replace those that were brought', () => {
    const jar = cookies('https://auth.a.example', NEW, { domain: '.A.example', sameSite: 'none', partitioned: true });
    const places = jar
      .clear('x')
      .map((line) => line.split(/; (?:Max-Age=0|Path=\/|HttpOnly|Secure|SameSite=None)/).join(''));
    expect(places).toEqual([
      '__Secure-better-auth.x=; Domain=a.example; Partitioned',
      '__Host-better-auth.x=; Partitioned',
      '__Host-better-auth.x=',
      '__Secure-better-auth.x=; Domain=a.example',
      '__Secure-better-auth.x=; Partitioned',
      '__Secure-better-auth.x=',
      'better-auth.x=; Domain=a.example; Partitioned',
      'better-auth.x=; Domain=a.example',
      'better-auth.x=; Partitioned',
      'better-auth.x=',
    ]);
    const lines = jar.replace({ cookie: '__Host-better-auth.x=old' }, 'x', 'v', 60);
    expect(lines.map((line) => line.split('=', 1)[0])).toEqual([
      '__Host-better-auth.x',
      '__Host-better-auth.x',
      '__Secure-better-auth.x',
    ]);
    expect(lines.at(-1)).toMatch(
      /^__Secure-better-auth\.x=v\.[^;]+; Max-Age=60; Domain=a\.example; Path=\/; HttpOnly; Secure; SameSite=None; Partitioned$/,
    );
  });

  it('F28: a cookie that returns from other sites is Lax where the others are Strict', () => {
    const jar = cookies('https://a.example', NEW, { sameSite: 'strict' });
    expect(jar.write('x', 'v', 60)).toMatch(/SameSite=Strict$/);
    expect(jar.write('x', 'v', 60, { returnsFromOtherSites: true })).toMatch(/SameSite=Lax$/);
  });

  it('live at most 400 days, or as long as the browser', () => {
    expect(cookies().write('x', 'v', 99_999_999)).toContain('Max-Age=34560000;');
    expect(cookies().write('x', 'v', null)).not.toContain('Max-Age');
    expect(cookies().clear('x')[0]).toContain('x=; Max-Age=0;');
  });

  it('come back as they were written, whatever is in them', () => {
    for (const value of ['token', 'a.b.c', 'ä; x=y', '', ' ', '100%', '"q"', 'a\r\nSet-Cookie: x=1']) {
      const line = cookies().write('x', value, 60);
      expect(line).not.toMatch(/[\r\n]/);
      expect(cookies().values(sentBack(line), 'x')[0]).toBe(value === '' ? undefined : value);
    }
  });

  it('signed by a rotated secret are good, by a foreign one not', () => {
    const line = cookies('https://auth.example', OLD).write('x', 'v', 60);
    expect(cookies('https://auth.example', [NEW, OLD]).values(sentBack(line), 'x')[0]).toBe('v');
    expect(cookies('https://auth.example', NEW).values(sentBack(line), 'x')[0]).toBeUndefined();
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
    expect(readCookies({ cookie }, 'a')[0]).toBe(expected);
  });

  it('F08: several values of one name are all given, in their order, and what is none is left out (RFC 6265 4.2.2)', () => {
    expect(readCookies({ cookie: 'a=1; b=0; a="2"; a=%zz; a=; A=9; a=1' }, 'a')).toEqual(['1', '2', '', '1']);
    expect(readCookies({ cookie: ['a=1', 'b=0; a=2'] }, 'a')).toEqual(['1', '2']);
    const many = Array.from(
      { length: 60 },
      (_, index) => `better-auth.x=${encodeURIComponent(cookies().sign(`v${index}`))}`,
    );
    expect(cookies('http://localhost:3000').values({ cookie: many.join('; ') }, 'x')).toHaveLength(50);
  });

  it('Fetch headers and Node headers are read alike', () => {
    expect(toHeaderBag(new Headers({ Cookie: 'a=1' }))['cookie']).toBe('a=1');
    expect(toHeaderBag({ cookie: 'a=1' })['cookie']).toBe('a=1');
  });
});

/** Another character with the same upper bits in base64: a second spelling of one signature. */
function nextLetter(last: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return alphabet[alphabet.indexOf(last) ^ 1]!;
}
