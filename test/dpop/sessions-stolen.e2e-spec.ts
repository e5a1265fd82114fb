import { Controller, Get } from '@nestjs/common';
import { decodeJwt } from 'jose';
import { AuthContext, BearerAuth, CurrentPrincipal, type AuthPrincipal } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { BoundClient, type BoundUser } from '../support/bound-sessions.js';
import { cookiesOf, send } from '../support/http.js';
import { signUp } from '../support/users.js';

@Controller('host')
class HostController {
  constructor(private readonly auth: AuthContext) {}

  @Get('guarded')
  @BearerAuth()
  guarded(@CurrentPrincipal() { confirmation }: AuthPrincipal) {
    return { confirmation };
  }

  @Get('open')
  async open() {
    return { userId: (await this.auth.user())?.id ?? null };
  }
}

const [GUARDED, OPEN] = ['/host/guarded', '/host/open'];
const SESSION = '/api/auth/get-session';

describe.each(['express', 'fastify'] as const)('RFC 9449 bound sessions of the own app, stolen, on %s', (adapter) => {
  let host: TestApp;
  let app: BoundClient;
  let user: BoundUser;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      controllers: [HostController],
      auth: {
        bearer: { refreshToken: { enabled: true }, dpop: 'accepted' },
        jwt: { setAuthJwt: true },
        cacheTtl: '60s',
      },
    });
    app = new BoundClient(() => host);
    user = await app.signUp();
  });
  afterAll(() => host.close());

  const cnf = () => ({ jkt: app.key.thumbprint });

  it('RFC 9449 7.1: session and access token are good with their key: at guards, get-session, AuthContext, JWT', async () => {
    for (const token of [user.token, user.accessToken]) {
      expect(await app.ask(GUARDED, undefined, { token })).toMatchObject({
        status: 200,
        body: { confirmation: cnf() },
      });
      expect((await app.ask(OPEN, undefined, { token })).body).toEqual({ userId: user.id });
      const current = await app.ask(SESSION, undefined, { token });
      expect(current.body).toMatchObject({ user: { id: user.id } });
      expect(decodeJwt(current.headers.get('set-auth-jwt')!)).toMatchObject({ cnf: cnf() });
      const jwt = (await app.ask('/api/auth/token', undefined, { token })).body.token as string;
      expect(decodeJwt(jwt)).toMatchObject({ cnf: cnf() });
      expect(await app.ask(GUARDED, undefined, { token: jwt })).toMatchObject({ body: { confirmation: cnf() } });
      expect((await send(`${host.url}${GUARDED}`, { bearer: jwt })).status).toBe(401);
    }
  });

  it('RFC 9449 6: the answer has no cookie, and says of the tokens that they are bound', async () => {
    const { answer } = user;
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(answer.headers.get('set-auth-token')).toContain(user.token);
    expect(answer.body).toMatchObject({ tokenType: 'DPoP' });
    const pair = await app.ask('/api/auth/token/issue', {}, { token: user.token });
    expect(pair.body).toMatchObject({ tokenType: 'DPoP' });
    expect((await send(`${host.url}${GUARDED}`, { bearer: pair.body.accessToken })).status).toBe(401);
    expect((await app.ask(GUARDED, undefined, { token: pair.body.accessToken })).status).toBe(200);
  });

  /** What a thief has: the credential, and all that was sent with it before. */
  const THEFTS: [string, (token: string) => Record<string, string>][] = [
    ['as a bearer token', (token) => ({ authorization: `Bearer ${token}` })],
    [
      'with a proof, as a bearer token',
      (token) => ({ ...app.proven(GUARDED, 'GET', token), authorization: `Bearer ${token}` }),
    ],
    ['without a proof', (token) => ({ authorization: `DPoP ${token}` })],
    ['with the proof of another key', (token) => new BoundClient(() => host).proven(GUARDED, 'GET', token)],
    ['with a proof for another address', (token) => app.proven('/host/other', 'GET', token)],
    ['with a proof for another method', (token) => app.proven(GUARDED, 'POST', token)],
    [
      'with a proof beside another token',
      (token) => ({ ...app.proven(GUARDED, 'GET', `${token}x`), authorization: `DPoP ${token}` }),
    ],
    ['as a cookie', (token) => ({ cookie: `better-auth.session_token=${token}` })],
  ];

  it.each(THEFTS)('T157, RFC 9449 11.1: a stolen session or access token %s opens nothing', async (_how, headersOf) => {
    for (const token of [user.token, user.accessToken]) {
      const headers = headersOf(token);
      expect((await send(`${host.url}${GUARDED}`, { headers })).status).toBe(401);
      expect((await send(`${host.url}${OPEN}`, { headers })).body).toEqual({ userId: null });
      const current = await send(`${host.url}${SESSION}`, { headers });
      expect([current.body, current.headers.get('set-auth-jwt')]).toEqual([null, null]);
      for (const route of ['token', 'list-sessions', 'one-time-token/generate'])
        expect((await send(`${host.url}/api/auth/${route}`, { headers })).status).toBe(401);
      const issue = await send(`${host.url}/api/auth/token/issue`, {
        body: {},
        headers: { ...headers, origin: TEST_ISSUER },
      });
      expect(issue.status).toBe(401);
    }
  });

  it('RFC 9449 11.1: the signed cookie of a bound session opens nothing, alone or beside a live one', async () => {
    const signed = encodeURIComponent(decodeURIComponent(user.answer.headers.get('set-auth-token')!));
    const cookie = `better-auth.session_token=${signed}`;
    expect((await send(`${host.url}${SESSION}`, { headers: { cookie } })).body).toBeNull();
    const other = await signUp(host.url);
    const both = await send(`${host.url}${SESSION}`, { headers: { cookie: `${cookie}; ${other.cookie}` } });
    expect(both.body.user.id).toBe(other.id);
    // The same form of a session that is not bound is good: the cookie is refused for its key alone.
    expect((await send(`${host.url}${SESSION}`, { headers: { cookie: other.cookie } })).body.user.id).toBe(other.id);
    // A sign-in in that browser neither renews the bound session nor ends it.
    const again = { email: other.email, password: other.password };
    await send(`${host.url}/api/auth/sign-in/email`, { body: again, headers: { cookie, origin: TEST_ISSUER } });
    expect((await app.ask(GUARDED, undefined, { token: user.token })).status).toBe(200);
  });

  it('RFC 9449 11.1: a used proof opens nothing again, and counts once within its request', async () => {
    const headers = app.proven(SESSION, 'GET', user.token);
    expect((await send(`${host.url}${SESSION}`, { headers })).body.user.id).toBe(user.id);
    expect((await send(`${host.url}${SESSION}`, { headers })).body).toBeNull();
  });

  it('RFC 9449 6: a one-time token of a bound session is good for its key alone; one of a browser takes the key of the app', async () => {
    const verify = '/api/auth/one-time-token/verify';
    const made = async () =>
      (await app.ask('/api/auth/one-time-token/generate', undefined, { token: user.token })).body.token;
    expect((await send(`${host.url}${verify}`, { body: { token: await made() } })).status).toBe(400);
    expect((await new BoundClient(() => host).ask(verify, { token: await made() })).status).toBe(400);
    const copy = await app.ask(verify, { token: await made() });
    expect(copy).toMatchObject({ status: 200, body: { tokenType: 'DPoP' } });
    expect(cookiesOf(copy)).toBe('');
    expect((await send(`${host.url}${GUARDED}`, { bearer: copy.body.token })).status).toBe(401);
    expect((await app.ask(GUARDED, undefined, { token: copy.body.token })).status).toBe(200);

    const browser = await signUp(host.url);
    const { token } = (
      await send(`${host.url}/api/auth/one-time-token/generate`, { headers: { cookie: browser.cookie } })
    ).body;
    const taken = await app.ask(verify, { token });
    expect(taken.body).toMatchObject({ user: { id: browser.id }, tokenType: 'DPoP' });
    expect((await send(`${host.url}${GUARDED}`, { bearer: taken.body.token })).status).toBe(401);
  });
});
