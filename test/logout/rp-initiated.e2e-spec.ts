import { decodeJwt } from 'jose';
import { JwtCodec } from '../../src/common/keys/jwt.codec.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { send, type Answer } from '../support/http.js';
import { createLogoutHost, endSession, idTokenFor, isSignedIn, logoutClient, pressSignOut } from '../support/logout.js';
import { signIn, signUp, type SignedInUser } from '../support/users.js';

const BYE = 'https://shop.example/bye';
const CLIENTS = [
  logoutClient('shop', { post_logout_redirect_uris: [BYE, `${BYE}?from=op`, 'com.example.shop:/bye'] }),
  logoutClient('news'),
];

const hasId = (answer: Answer, id: string) => answer.text.includes(`id="${id}"`);
const clearsCookie = (answer: Answer) =>
  answer.headers.getSetCookie().some((line) => /session_token=;.*Max-Age=0/.test(line));

describe.each(['express', 'fastify'] as const)('RP-Initiated Logout on %s', (adapter) => {
  let host: TestApp;
  let user: SignedInUser;
  let hint: string;
  beforeAll(async () => {
    host = await createLogoutHost(CLIENTS, { adapter });
  });
  beforeEach(async () => {
    user = await signUp(host.url);
    hint = await idTokenFor(host, user, 'shop');
  });
  afterAll(() => host.close());

  it('2: with a hint for this session it ends, and the browser is sent back with the state', async () => {
    const answer = await endSession(
      host,
      { id_token_hint: hint, post_logout_redirect_uri: BYE, state: 'a b&c', ui_locales: 'de', logout_hint: 'x' },
      user.cookie,
    );
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `${BYE}?state=a%20b%26c`]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(clearsCookie(answer)).toBe(true);
    expect(await isSignedIn(host, user)).toBe(false);
  });

  it.each(['oauth2/endsession', 'oauth2/logout', 'oauth/end-session', 'oauth/endsession', 'oauth/logout'])(
    '2: is known as %s too',
    async (route) => {
      const answer = await endSession(host, { id_token_hint: hint }, user.cookie, route);
      expect([answer.status, hasId(answer, 'signed-out')]).toEqual([200, true]);
      expect(await isSignedIn(host, user)).toBe(false);
    },
  );

  it('2: the query of the registered address stays, the state comes behind it', async () => {
    const parameters = { id_token_hint: hint, post_logout_redirect_uri: `${BYE}?from=op`, state: 's' };
    const answer = await endSession(host, parameters, user.cookie);
    expect(answer.headers.get('location')).toBe(`${BYE}?from=op&state=s`);
  });

  it('2: a form does what a query does, and without a cookie the browser asks again by itself', async () => {
    const body = new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: BYE, state: 's' });
    const url = `${host.url}/api/auth/oauth2/end-session`;
    const bare = await send(url, {
      body,
      headers: { accept: 'text/html', origin: 'https://shop.example', 'sec-fetch-site': 'cross-site' },
    });
    expect(bare.status).toBe(303);
    const next = new URL(bare.headers.get('location')!, url);
    expect([next.pathname, next.searchParams.get('id_token_hint')]).toEqual(['/api/auth/oauth2/end-session', hint]);
    expect(await isSignedIn(host, user)).toBe(true);
    const followed = await send(next.href, { headers: { accept: 'text/html', cookie: user.cookie } });
    expect([followed.status, followed.headers.get('location')]).toEqual([302, `${BYE}?state=s`]);
    expect(await isSignedIn(host, user)).toBe(false);
  });

  it('2: a form with the cookie ends the session of the hint', async () => {
    const answer = await send(`${host.url}/api/auth/oauth2/end-session`, {
      body: new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: BYE }),
      headers: { accept: 'text/html', cookie: user.cookie, origin: 'https://shop.example' },
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, BYE]);
    expect(await isSignedIn(host, user)).toBe(false);
  });

  it('2: a script ends the session with a hint, and is told where the browser goes: to the client, or to our pages', async () => {
    const url = `${host.url}/api/auth/oauth2/end-session`;
    const headers = { accept: 'application/json', cookie: user.cookie, origin: TEST_ISSUER };
    const ask = (fields: Record<string, string>) => send(url, { body: new URLSearchParams(fields), headers });
    const question = await ask({ client_id: 'shop', post_logout_redirect_uri: BYE });
    expect([question.status, question.body.redirect]).toEqual([200, true]);
    const page = await send(new URL(question.body.url, url).href, { headers: { ...headers, accept: 'text/html' } });
    expect([page.status, page.text.includes('id="sign-out"')]).toEqual([200, true]);
    expect(await isSignedIn(host, user)).toBe(true);
    const ended = await ask({ id_token_hint: hint, post_logout_redirect_uri: BYE, state: 's' });
    expect([ended.status, ended.body]).toEqual([200, { redirect: true, url: `${BYE}?state=s` }]);
    expect(ended.headers.getSetCookie().join()).toMatch(/max-age=0/i);
    expect(await isSignedIn(host, user)).toBe(false);
    const evil = await ask({ client_id: 'shop', post_logout_redirect_uri: 'https://evil.example/' });
    expect([evil.status, evil.body.error]).toEqual([400, 'invalid_request']);
  });

  it('2: a hint that has expired will do, one for a former session of the user asks', async () => {
    const claims = { ...decodeJwt(hint), iat: undefined, exp: undefined };
    const old = await host.app
      .get(JwtCodec)
      .sign({ type: 'JWT', algorithm: 'RS256', lifetimeSeconds: -86_400, claims });
    const later = await signIn(host.url, user.email);
    expect(hasId(await endSession(host, { id_token_hint: old }, later.cookie), 'sign-out')).toBe(true);
    expect(await isSignedIn(host, later)).toBe(true);
    expect(hasId(await endSession(host, { id_token_hint: old }, user.cookie), 'signed-out')).toBe(true);
    expect(await isSignedIn(host, user)).toBe(false);
  });

  it('3: without a session the browser is sent back all the same, or told that it is signed out', async () => {
    const back = await endSession(host, { client_id: 'shop', post_logout_redirect_uri: BYE, state: 's' });
    expect([back.status, back.headers.get('location')]).toEqual([302, `${BYE}?state=s`]);
    const told = await endSession(host, { state: 'unused' });
    expect([told.status, hasId(told, 'signed-out')]).toEqual([200, true]);
    expect(await isSignedIn(host, user)).toBe(true);
  });

  it("2: the user is asked when the hint is another user's", async () => {
    const other = await signUp(host.url);
    const page = await endSession(host, { id_token_hint: hint, post_logout_redirect_uri: BYE }, other.cookie);
    expect([page.status, hasId(page, 'sign-out')]).toEqual([200, true]);
    expect(await Promise.all([isSignedIn(host, user), isSignedIn(host, other)])).toEqual([true, true]);
    const answer = await pressSignOut(host, page, other.cookie);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, BYE]);
    expect(await Promise.all([isSignedIn(host, user), isSignedIn(host, other)])).toEqual([true, false]);
  });

  it('2: a state that nobody will be told does not keep the user from signing out', async () => {
    const page = await endSession(host, { state: 's'.repeat(13_000) }, user.cookie);
    const answer = await pressSignOut(host, page, user.cookie);
    expect([answer.status, hasId(answer, 'signed-out')]).toEqual([200, true]);
    expect(await isSignedIn(host, user)).toBe(false);
  });

  it('2: an app is sent back to by its own scheme, and the policy of the page lets the form end there', async () => {
    const uri = 'com.example.shop:/bye';
    const page = await endSession(host, { client_id: 'shop', post_logout_redirect_uri: uri }, user.cookie);
    expect(page.headers.get('content-security-policy')).toMatch(/form-action 'self' com\.example\.shop:/);
    const answer = await pressSignOut(host, page, user.cookie);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, uri]);
  });

  it('2: an ID token beside an offline grant names its session as well', async () => {
    const offline = await idTokenFor(host, user, 'shop', ['openid', 'offline_access']);
    expect(decodeJwt(offline)).toMatchObject({ iss: TEST_ISSUER, aud: 'shop', sid: user.sessionId });
  });
});

describe('RP-Initiated Logout of an issuer with a path', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createLogoutHost(CLIENTS, { auth: { issuer: `${TEST_ISSUER}/tenant` } });
  });
  afterAll(() => host.close());

  it('2: a script is told the address as browsers see it', async () => {
    const user = await signUp(host.url);
    const headers = { accept: 'application/json', cookie: user.cookie };
    const { body } = await send(`${host.url}/api/auth/oauth2/end-session?client_id=shop`, { headers });
    expect(body).toEqual({ redirect: true, url: '/tenant/api/auth/oauth2/end-session?client_id=shop' });
  });
});

describe('what the page after a logout says', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createLogoutHost(CLIENTS);
  });
  afterAll(() => host.close());

  const says = (answer: Answer, id: string) =>
    new RegExp(`id="${id}"[^>]*>\\s*([^<]*?)\\s*<`).exec(answer.text)?.[1] ?? null;
  const STILL = 'The session that the application meant is still open on another device. Sign out there as well.';

  it('F45: in a browser without a session nobody is called signed out while the session of the hint lives', async () => {
    const user = await signUp(host.url);
    const hint = await idTokenFor(host, user, 'shop');
    const page = await endSession(host, { id_token_hint: hint });
    expect([says(page, 'signed-out'), says(page, 'still-signed-in')]).toEqual([
      'Nobody is signed in in this browser.',
      STILL,
    ]);
    expect(page.text).not.toContain('You have been signed out');
    expect(await isSignedIn(host, user)).toBe(true);
    await endSession(host, { id_token_hint: hint }, user.cookie);
    const later = await endSession(host, { id_token_hint: hint });
    expect([says(later, 'signed-out'), says(later, 'still-signed-in')]).toEqual([
      'Nobody is signed in in this browser.',
      null,
    ]);
  });

  it('F45: the session that ends is the one of this browser', async () => {
    const user = await signUp(host.url);
    const page = await endSession(host, { id_token_hint: await idTokenFor(host, user, 'shop') }, user.cookie);
    expect([says(page, 'signed-out'), says(page, 'still-signed-in')]).toEqual([
      'You have been signed out in this browser.',
      null,
    ]);
  });

  it("F45: who signs out of their own session is told that the hint's lives", async () => {
    const meant = await signUp(host.url);
    const other = await signUp(host.url);
    const question = await endSession(host, { id_token_hint: await idTokenFor(host, meant, 'shop') }, other.cookie);
    const page = await pressSignOut(host, question, other.cookie);
    expect([says(page, 'signed-out'), says(page, 'still-signed-in')]).toEqual([
      'You have been signed out in this browser.',
      STILL,
    ]);
    expect(await Promise.all([isSignedIn(host, meant), isSignedIn(host, other)])).toEqual([true, false]);
  });
});
