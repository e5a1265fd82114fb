import { resolveAccountsOptions } from '../../src/accounts/accounts.settings.js';
import { resolveCoreOptions } from '../../src/common/options/core-options.js';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/app.js';
import { send, type Answer } from '../support/http.js';

const PASSWORD = 'correct horse battery staple';
const HTTPS = 'https://auth.example.com';

/** Name and attributes of the session cookie, value left out. */
function sessionCookie(answer: Answer): { name: string; attributes: string[] } {
  const line = answer.headers.getSetCookie().find((text) => text.includes('session_token='))!;
  const [pair, ...attributes] = line.split('; ');
  return { name: pair!.split('=', 1)[0]!, attributes: attributes.sort() };
}

describe('T032 the session cookie', () => {
  const hosts: TestApp[] = [];
  afterAll(async () => {
    // The first one owns the database.
    for (const host of hosts.reverse()) await host.close();
  });

  async function signUpOn(auth: object, body: object = {}): Promise<{ host: TestApp; answer: Answer }> {
    const host = await createTestApp({ auth, ...(hosts[0] && { databaseUrl: hosts[0].databaseUrl }) });
    hosts.push(host);
    const email = `cookie-${hosts.length}@example.com`;
    const answer = await send(`${host.url}/api/auth/sign-up/email`, {
      body: { email, password: PASSWORD, name: 'Cookie', ...body },
    });
    expect(answer.status).toBe(200);
    return { host, answer };
  }

  it.each([
    ['an http issuer', {}, 'better-auth.session_token', []],
    ['an https issuer', { issuer: HTTPS }, '__Host-better-auth.session_token', ['Secure']],
    [
      'no hostPrefix',
      { issuer: HTTPS, cookies: { hostPrefix: false } },
      '__Secure-better-auth.session_token',
      ['Secure'],
    ],
    ['hostPrefix', { issuer: HTTPS, cookies: { hostPrefix: true } }, '__Host-better-auth.session_token', ['Secure']],
    ['a prefix of the host', { cookies: { prefix: 'shop' } }, 'shop.session_token', []],
  ])('T032 with %s', async (_name, auth, name, secure) => {
    const { answer } = await signUpOn(auth);
    expect(sessionCookie(answer)).toEqual({
      name,
      attributes: ['HttpOnly', 'Max-Age=604800', 'Path=/', 'SameSite=Lax', ...secure].sort(),
    });
  });

  it('T032 lives 400 days at most, and a longer session stops the boot', async () => {
    const { answer } = await signUpOn({ accounts: { session: { expiresIn: '400d' } } });
    expect(sessionCookie(answer).attributes).toContain('Max-Age=34560000');
    expect(() => resolveAccountsOptions({ session: { expiresIn: '401d' } })).toThrow('accounts.session.expiresIn');
  });

  it('T032 without rememberMe goes with the browser', async () => {
    const { answer } = await signUpOn({}, { rememberMe: false });
    expect(sessionCookie(answer).attributes).toEqual(['HttpOnly', 'Path=/', 'SameSite=Lax']);
  });

  it('T032 sign-out clears it under the same name and attributes', async () => {
    const { host, answer } = await signUpOn({ issuer: HTTPS });
    const cookie = answer.headers.getSetCookie()[0]!.split(';', 1)[0]!;
    const out = await send(`${host.url}/api/auth/sign-out`, { body: {}, headers: { cookie, origin: HTTPS } });
    expect(sessionCookie(out)).toEqual({
      name: '__Host-better-auth.session_token',
      attributes: ['HttpOnly', 'Max-Age=0', 'Path=/', 'SameSite=Lax', 'Secure'],
    });
  });

  it('T032 a cookie under the plain name is not taken where the issuer is https', async () => {
    const { host, answer } = await signUpOn({ issuer: HTTPS });
    const signed = answer.headers.getSetCookie()[0]!.split(';', 1)[0]!;
    const plain = signed.replace('__Host-', '');
    const read = (cookie: string) => send(`${host.url}/api/auth/get-session`, { headers: { cookie } });
    expect((await read(plain)).body).toBeNull();
    expect((await read(signed)).body.user.email).toBeDefined();
  });

  it('T032 hostPrefix on an http issuer stops the boot', () => {
    const options = { issuer: 'http://localhost:3000', secret: TEST_SECRET, cookies: { hostPrefix: true } };
    expect(() => resolveCoreOptions(options)).toThrow('cookies.hostPrefix');
  });
});
