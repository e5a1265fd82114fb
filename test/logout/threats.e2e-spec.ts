import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { JwtCodec } from '../../src/common/keys/jwt.codec.js';
import type { TestApp } from '../support/app.js';
import { send, type Answer } from '../support/http.js';
import { createLogoutHost, endSession, idTokenFor, isSignedIn, logoutClient, pressSignOut } from '../support/logout.js';
import { signIn, signUp, type SignedInUser } from '../support/users.js';

const BYE = 'https://shop.example/bye';
const hasId = (answer: Answer, id: string) => answer.text.includes(`id="${id}"`);
const requestOf = (page: Answer) => /name="request" value="([^"]*)"/.exec(page.text)![1]!;

describe('T092 logout', () => {
  let host: TestApp;
  let user: SignedInUser;
  let hint: string;
  beforeAll(async () => {
    host = await createLogoutHost([logoutClient('shop'), logoutClient('news')]);
  });
  beforeEach(async () => {
    user = await signUp(host.url);
    hint = await idTokenFor(host, user, 'shop');
  });
  afterAll(() => host.close());

  /** An error page, nobody is sent anywhere, nobody is signed out. */
  async function expectRefused(answer: Answer): Promise<void> {
    expect([answer.status, hasId(answer, 'error'), answer.headers.get('location')]).toEqual([400, true, null]);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await isSignedIn(host, user)).toBe(true);
  }

  it('T092 a GET with the cookie alone asks, and the answer ends the session', async () => {
    const page = await endSession(host, {}, user.cookie);
    expect([page.status, hasId(page, 'sign-out')]).toEqual([200, true]);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(await isSignedIn(host, user)).toBe(true);
    const done = await pressSignOut(host, page, user.cookie);
    expect([done.status, hasId(done, 'signed-out')]).toEqual([200, true]);
    expect(await isSignedIn(host, user)).toBe(false);
  });

  it('T092 a form of another site with the cookie alone asks', async () => {
    const page = await send(`${host.url}/api/auth/oauth2/end-session`, {
      body: new URLSearchParams({ client_id: 'shop' }),
      headers: {
        accept: 'text/html',
        cookie: user.cookie,
        origin: 'https://evil.example',
        'sec-fetch-site': 'cross-site',
      },
    });
    expect([page.status, hasId(page, 'sign-out')]).toEqual([200, true]);
    expect(await isSignedIn(host, user)).toBe(true);
  });

  it('T092 the answer comes from our own page only, and once given twice it does no harm', async () => {
    const page = await endSession(host, { client_id: 'shop', post_logout_redirect_uri: BYE }, user.cookie);
    expect((await pressSignOut(host, page, user.cookie, 'https://evil.example')).status).toBe(403);
    expect(await isSignedIn(host, user)).toBe(true);
    for (const _ of [1, 2]) {
      const { status, headers } = await pressSignOut(host, page, user.cookie);
      expect([status, headers.get('location')]).toEqual([303, BYE]);
    }
    expect(await isSignedIn(host, user)).toBe(false);
  });

  it('T092 what was asked of one session is no answer for another, and cannot be changed', async () => {
    const attacker = await signUp(host.url);
    const page = await endSession(host, { client_id: 'shop', post_logout_redirect_uri: BYE }, attacker.cookie);
    await expectRefused(await pressSignOut(host, page, user.cookie));
    const later = await signIn(host.url, attacker.email);
    expect((await pressSignOut(host, page, later.cookie)).status).toBe(400);
    const own = requestOf(await endSession(host, {}, user.cookie));
    for (const request of ['', 'x', `${own.slice(0, -2)}AA`, own.slice(0, 20), own.repeat(2)])
      await expectRefused(
        await send(`${host.url}/api/auth/oauth2/end-session/confirm`, {
          body: new URLSearchParams({ request }),
          headers: { accept: 'text/html', origin: 'http://localhost:3000', cookie: user.cookie },
        }),
      );
  });

  const forge = async (change: { header?: object; claims?: object }) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const header = { ...decodeProtectedHeader(hint), ...change.header } as { alg: string };
    return new SignJWT({ ...decodeJwt(hint), ...change.claims }).setProtectedHeader(header).sign(privateKey);
  };
  const ours = (type: string, claims: object) =>
    host.app
      .get(JwtCodec)
      .sign({ type, algorithm: 'RS256', lifetimeSeconds: 60, claims: { ...decodeJwt(hint), ...claims } });

  it.each<[string, () => Promise<string> | string]>([
    ['signed by somebody else', () => forge({})],
    ['with an unknown kid', () => forge({ header: { kid: 'nobody' } })],
    ['changed in its claims', () => hint.replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"x"}').toString('base64url')}.`)],
    ['changed in its signature', () => `${hint.slice(0, -20)}${'A'.repeat(20)}`],
    [
      'without signature',
      () => `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${hint.split('.')[1]}.`,
    ],
    ['that is no JWT', () => 'not a token'],
    ['of another issuer', () => ours('JWT', { iss: 'https://other.example' })],
    ['of another type', () => ours('at+jwt', {})],
    ['for several audiences', () => ours('JWT', { aud: ['shop', 'news'] })],
    ['for a client that there is not', () => ours('JWT', { aud: 'nobody' })],
  ])('T092 a hint %s is refused', async (_, make) => {
    const answer = await endSession(
      host,
      { id_token_hint: await make(), post_logout_redirect_uri: BYE, state: 's' },
      user.cookie,
    );
    await expectRefused(answer);
  });

  it.each<[string, Record<string, string>]>([
    ['of nobody', { post_logout_redirect_uri: BYE }],
    ['of another client', { client_id: 'news', post_logout_redirect_uri: BYE }],
    ['of an unknown client', { client_id: 'nobody', post_logout_redirect_uri: BYE }],
    ['with a query added', { client_id: 'shop', post_logout_redirect_uri: `${BYE}?x=1` }],
    ['with a slash added', { client_id: 'shop', post_logout_redirect_uri: `${BYE}/` }],
    ['below it', { client_id: 'shop', post_logout_redirect_uri: `${BYE}/../evil` }],
    ['in another case', { client_id: 'shop', post_logout_redirect_uri: 'https://SHOP.example/bye' }],
    ['of another host', { client_id: 'shop', post_logout_redirect_uri: 'https://evil.example/bye' }],
    ['that is a redirect_uri only', { client_id: 'shop', post_logout_redirect_uri: 'https://shop.example/callback' }],
    ['that is a script', { client_id: 'shop', post_logout_redirect_uri: 'javascript:alert(1)' }],
  ])('T092 an address %s: nobody is sent there', async (_, parameters) => {
    await expectRefused(await endSession(host, parameters, user.cookie));
    expect((await endSession(host, parameters)).status).toBe(400);
  });

  it('T092 a hint with an address of another client, or with the id of another one', async () => {
    const elsewhere = { id_token_hint: hint, post_logout_redirect_uri: 'https://news.example/bye' };
    await expectRefused(await endSession(host, elsewhere, user.cookie));
    await expectRefused(await endSession(host, { id_token_hint: hint, client_id: 'news' }, user.cookie));
  });

  it('T092 noise: repeated parameters, huge state, header splitting', async () => {
    const url = `${host.url}/api/auth/oauth2/end-session`;
    await expectRefused(
      await send(`${url}?client_id=shop&client_id=news`, { headers: { accept: 'text/html', cookie: user.cookie } }),
    );
    const long = { client_id: 'shop', post_logout_redirect_uri: BYE, state: 'x'.repeat(9_000) };
    await expectRefused(await endSession(host, long, user.cookie));
    const split = await endSession(host, { ...long, state: 'a\r\nSet-Cookie: x=y' });
    expect(split.headers.get('location')).toBe(`${BYE}?state=a%0D%0ASet-Cookie%3A%20x%3Dy`);
  });
});
