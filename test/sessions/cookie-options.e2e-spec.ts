import type { AuthCoreOptions } from '../../src/index.js';
import { resolveCoreOptions } from '../../src/common/options/core-options.js';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/app.js';
import { cookiesOf, send } from '../support/http.js';
import { TEST_PASSWORD } from '../support/users.js';

const HTTPS = 'https://auth.shop.example.com';
type Cookies = NonNullable<AuthCoreOptions['cookies']>;

describe('F28: options of the cookies', () => {
  const hosts: TestApp[] = [];
  afterAll(async () => {
    // The first one owns the database.
    for (const host of hosts.reverse()) await host.close();
  });

  let count = 0;

  it.each<[Cookies, string]>([
    [{}, '__Host-better-auth.session_token|Path=/; HttpOnly; Secure; SameSite=Lax'],
    [
      { domain: 'example.com' },
      '__Secure-better-auth.session_token|Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Lax',
    ],
    [
      { domain: '.Shop.Example.com', sameSite: 'strict' },
      '__Secure-better-auth.session_token|Domain=shop.example.com; Path=/; HttpOnly; Secure; SameSite=Strict',
    ],
    [{ sameSite: 'none' }, '__Host-better-auth.session_token|Path=/; HttpOnly; Secure; SameSite=None'],
    [
      { sameSite: 'none', partitioned: true },
      '__Host-better-auth.session_token|Path=/; HttpOnly; Secure; SameSite=None; Partitioned',
    ],
    [
      { sameSite: 'none', partitioned: true, domain: 'auth.shop.example.com', prefix: 'shop' },
      '__Secure-shop.session_token|Domain=auth.shop.example.com; Path=/; HttpOnly; Secure; SameSite=None; Partitioned',
    ],
    [{ hostPrefix: false }, '__Secure-better-auth.session_token|Path=/; HttpOnly; Secure; SameSite=Lax'],
  ])(
    'F28: %j: sign-in sets it, the session is found by it, sign-out clears it in the same place',
    async (cookies, expected) => {
      const adapter = hosts.length % 2 === 0 ? 'express' : 'fastify';
      const auth = { issuer: HTTPS, cookies };
      const host = await createTestApp({ adapter, auth, ...(hosts[0] && { databaseUrl: hosts[0].databaseUrl }) });
      hosts.push(host);
      const body = { email: `options-${++count}@example.com`, password: TEST_PASSWORD, name: 'Ada' };
      const up = await send(`${host.url}/api/auth/sign-up/email`, { body });
      const [line] = up.headers.getSetCookie();
      expect(line!.replace(/=[^;]+; Max-Age=604800; /, '|')).toBe(expected);
      const headers = { cookie: cookiesOf(up), origin: HTTPS };
      expect((await send(`${host.url}/api/auth/get-session`, { headers })).body.user.email).toBe(body.email);
      const out = await send(`${host.url}/api/auth/sign-out`, { body: {}, headers });
      const cleared = out.headers.getSetCookie().map((text) => text.replace('=; Max-Age=0; ', '|'));
      expect(cleared).toContain(expected);
    },
  );

  it.each<[Cookies | object, RegExp, string?]>([
    [{ domain: 'other.com' }, /^cookies\.domain: "other\.com" is neither the host of the issuer/],
    [{ domain: 'a.auth.shop.example.com' }, /^cookies\.domain: .*neither the host/],
    [{ domain: 'op.example.com' }, /^cookies\.domain: .*neither the host/],
    [{ domain: 'xample.com' }, /^cookies\.domain: .*neither the host/],
    [{ domain: 'com' }, /^cookies\.domain: "com" is not a host name of two labels/],
    [{ domain: '.com' }, /^cookies\.domain: .*two labels/],
    [{ domain: '' }, /^cookies\.domain: .*two labels/],
    [{ domain: '..example.com' }, /^cookies\.domain: .*two labels/],
    [{ domain: 'example.com.' }, /^cookies\.domain: .*two labels/],
    [{ domain: 'example.com:443' }, /^cookies\.domain: .*two labels/],
    [{ domain: 'https://example.com' }, /^cookies\.domain: .*two labels/],
    [{ domain: 'example.com; Path=/x' }, /^cookies\.domain: .*two labels/],
    [{ domain: '*.example.com' }, /^cookies\.domain: .*two labels/],
    [{ domain: 7 }, /^cookies\.domain: it is a number\. Give a text/],
    [{ domain: null }, /^cookies\.domain: it is null\. Give a text/],
    [{ domain: 'co.uk' }, /^cookies\.domain: "co\.uk" is a registry/, 'https://auth.example.co.uk'],
    [{ domain: 'localhost' }, /^cookies\.domain: .*two labels/, 'http://localhost:3000'],
    [{ domain: '127.0.0.1' }, /^cookies\.domain: .*not with an address/, 'http://127.0.0.1:3000'],
    [{ domain: '0.0.1' }, /^cookies\.domain: .*not with an address/, 'https://10.0.0.1'],
    [{ domain: 'example.com', hostPrefix: true }, /^cookies\.hostPrefix: a __Host- cookie has no domain\. Leave out/],
    [{ sameSite: 'none' }, /^cookies\.sameSite: .*needs an https issuer/, 'http://localhost:3000'],
    [{ sameSite: 'None' }, /^cookies\.sameSite: "None" is unknown\. Give 'lax', 'strict' or 'none'\.$/],
    [{ sameSite: 'toString' }, /^cookies\.sameSite: "toString" is unknown/],
    [{ sameSite: false }, /^cookies\.sameSite: it is false\. Give a text/],
    [{ partitioned: true }, /^cookies\.partitioned: .*sameSite: 'none'/],
    [{ partitioned: true, sameSite: 'strict' }, /^cookies\.partitioned: /],
    [{ partitioned: 'yes', sameSite: 'none' }, /^cookies\.partitioned: it is a text\. Give true or false/],
    [{ hostPrefix: 'no' }, /^cookies\.hostPrefix: it is a text\. Give true or false/],
    [{ secure: true }, /^cookies: there is no option "secure"\. Known options: prefix, hostPrefix, domain/],
  ])('F28: %j stops the boot', (cookies, message, issuer = HTTPS) => {
    expect(() => resolveCoreOptions({ issuer, secret: TEST_SECRET, cookies })).toThrow(message);
  });
});
