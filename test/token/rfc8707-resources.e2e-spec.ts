import { Controller, Get } from '@nestjs/common';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { BearerAuth, CurrentPrincipal, Scopes, type AuthPrincipal } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { answer, answerIn, ask, askedForConsent, CONSENT } from '../support/authorization.js';
import { send } from '../support/http.js';
import {
  AUTHORIZE,
  authorizeQuery,
  exchange,
  Navigator,
  obtainCode,
  pkce,
  providerOptions,
  tokenRequest,
  WEB,
} from '../support/oauth.js';

const API = 'https://api.example/v1';
const FILES = 'https://files.example';
const NARROW = 'https://narrow.example';
const USERINFO = `${TEST_ISSUER}/api/auth/oauth2/userinfo`;
const JWTS = { ...WEB, clientId: 'jwts', accessTokenFormat: 'jwt' as const };
const BOUND = { ...WEB, clientId: 'bound', resources: [FILES] };
const SCOPE = 'openid offline_access read:data';

@Controller('api')
class ApiController {
  @Get('own') @BearerAuth() own(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal;
  }
  @Get('v1') @BearerAuth({ audience: API }) v1(@CurrentPrincipal() principal: AuthPrincipal) {
    return { subject: principal.subjectId, client: principal.clientId };
  }
  @Get('read') @BearerAuth({ audience: API }) @Scopes('read:data') read() {
    return {};
  }
  @Get('files') @BearerAuth({ audience: FILES }) files() {
    return {};
  }
}

describe('RFC 8707, RFC 9068 tokens for resources', () => {
  let host: TestApp;
  let browser: Navigator;
  let userId: string;

  beforeAll(async () => {
    const resources = [
      { resource: API, accessTokenFormat: 'jwt' as const, accessTokenTTL: 300 },
      { resource: FILES },
      { resource: NARROW, scopes: ['write:narrow'] },
    ];
    const scopes = ['openid', 'profile', 'email', 'offline_access', 'read:data', 'write:narrow'];
    host = await createTestApp({
      auth: providerOptions({ clients: [{ ...WEB, scopes }, JWTS, BOUND], scopes }, { resources }),
      controllers: [ApiController],
    });
    browser = new Navigator(host);
    userId = await browser.signUp();
  });
  afterAll(() => host.close());

  const at = async (route: string, bearer: string) => (await send(`${host.url}/api/${route}`, { bearer })).status;
  const where = async (token: string) => Promise.all(['own', 'v1', 'files'].map((route) => at(route, token)));
  const refresh = async (refreshToken: string, form: Record<string, string | undefined> = {}) =>
    tokenRequest(host, WEB, { grant_type: 'refresh_token', refresh_token: refreshToken, ...form });

  /** A code for several resources, which a query repeats. */
  async function codeFor(resources: string[], change: Record<string, string> = {}) {
    const { verifier, challenge } = pkce();

    const query = authorizeQuery(WEB, { scope: SCOPE, code_challenge: challenge, prompt: 'consent', ...change });
    const page = await browser.get(
      `${AUTHORIZE}?${query}${resources.map((one) => `&resource=${encodeURIComponent(one)}`).join('')}`,
    );
    const handle = new URL(page.location!, TEST_ISSUER).searchParams.get('request')!;
    return { code: answerIn(await answer(browser, handle, true), WEB)['code']!, verifier };
  }

  it('RFC 9068 2.2 a JWT access token: at+jwt, iss, sub, aud, client_id, jti, exp, iat, scope', async () => {
    const { body } = await exchange(host, WEB, await obtainCode(browser, WEB, { scope: 'read:data', resource: API }));
    expect(decodeProtectedHeader(body.access_token)).toEqual({ typ: 'at+jwt', alg: 'ES256', kid: expect.any(String) });
    const claims = decodeJwt(body.access_token);
    expect(claims).toMatchObject({ iss: TEST_ISSUER, sub: userId, aud: API, client_id: 'web', scope: 'read:data' });
    expect(claims).toMatchObject({ jti: expect.any(String), sid: expect.any(String), auth_time: expect.any(Number) });
    expect([claims.exp! - claims.iat!, body.expires_in]).toEqual([300, 300]);
    expect([await where(body.access_token), await at('read', body.access_token)]).toEqual([[401, 200, 401], 200]);
  });

  it('RFC 9068 a client can be given JWTs; without resource they are for this server', async () => {
    const { body } = await exchange(host, JWTS, await obtainCode(browser, JWTS, { scope: 'openid' }));
    expect(decodeJwt(body.access_token)).toMatchObject({ aud: TEST_ISSUER, client_id: 'jwts', scope: 'openid' });
    expect(await where(body.access_token)).toEqual([200, 401, 401]);
    expect(await at('read', body.access_token)).toBe(401);
  });

  it('RFC 8707 opaque tokens are accepted and refused alike', async () => {
    const { body } = await exchange(host, WEB, await obtainCode(browser, WEB, { scope: 'openid', resource: FILES }));
    expect(body.access_token).toMatch(/^naa_/);
    expect(await where(body.access_token)).toEqual([401, 401, 200]);
    const none = await exchange(host, WEB, await obtainCode(browser, WEB, { scope: 'openid' }));
    expect(await where(none.body.access_token)).toEqual([200, 401, 401]);
  });

  it('RFC 6750 3.1 the audience is not enough where a scope is asked', async () => {
    const { body } = await exchange(host, WEB, await obtainCode(browser, WEB, { scope: 'openid', resource: API }));
    expect(decodeJwt(body.access_token).aud).toEqual([API, USERINFO]);
    expect([await at('v1', body.access_token), await at('read', body.access_token)]).toEqual([200, 403]);
  });

  it('T071 a JWT ends with its code', async () => {
    const grant = await obtainCode(browser, WEB, { scope: 'openid', resource: API });
    const { body } = await exchange(host, WEB, grant);
    expect(await at('v1', body.access_token)).toBe(200);
    expect((await exchange(host, WEB, grant)).status).toBe(400);
    expect(await at('v1', body.access_token)).toBe(401);
  });

  it('RFC 8707 2.2 an exchange for one of several resources does not narrow the grant (T083)', async () => {
    const first = await exchange(host, WEB, await codeFor([API, FILES]), { resource: FILES });
    expect(await where(first.body.access_token)).toEqual([401, 401, 200]);
    const second = await refresh(first.body.refresh_token, { resource: API });
    expect(decodeJwt(second.body.access_token).aud).toEqual([API, USERINFO]);
    expect(await where(second.body.access_token)).toEqual([401, 200, 401]);
    const both = await refresh(second.body.refresh_token);
    expect(await where(both.body.access_token)).toEqual([401, 200, 200]);
    const third = await refresh(both.body.refresh_token, { resource: NARROW });
    expect([third.status, third.body.error]).toEqual([400, 'invalid_target']);
  });

  it('RFC 8707 2.2 narrower in scope and resource at once; userinfo is in the audience only with openid', async () => {
    const first = await exchange(host, WEB, await codeFor([API, FILES]));
    const second = await refresh(first.body.refresh_token, { resource: API, scope: 'read:data' });
    expect(decodeJwt(second.body.access_token)).toMatchObject({ aud: API, scope: 'read:data' });
    expect(second.body.scope).toBe('read:data');
  });

  it('a resource takes its own scopes only, and what was given is told', async () => {
    const first = await exchange(host, WEB, await codeFor([NARROW, API], { scope: `${SCOPE} write:narrow` }), {
      resource: NARROW,
    });
    expect(first.body.scope).toBe('openid offline_access write:narrow');
    const second = await refresh(first.body.refresh_token, { resource: API });
    expect(second.body.scope).toBe(`${SCOPE} write:narrow`);
    const third = await refresh(second.body.refresh_token, { resource: NARROW });
    expect(third.body.scope).toBe('openid offline_access write:narrow');
  });

  it('RFC 8707 2 unknown, foreign and malformed resources: invalid_target, by redirect and at the token endpoint', async () => {
    for (const resource of ['https://other.example', `${API}/`, '/v1', 'x', USERINFO])
      expect(answerIn(await ask(browser, WEB, { resource }), WEB)).toMatchObject({ error: 'invalid_target' });
    expect(answerIn(await ask(browser, BOUND, { resource: API }), BOUND)).toMatchObject({ error: 'invalid_target' });
    const grant = await obtainCode(browser, WEB, { resource: FILES });
    for (const resource of [API, USERINFO]) {
      const refused = await exchange(host, WEB, grant, { resource });
      expect([refused.status, refused.body.error]).toEqual([400, 'invalid_target']);
    }
  });

  it('T083 the userinfo address in place of a resource widens nothing', async () => {
    const first = await exchange(host, WEB, await codeFor([FILES]));
    const second = await refresh(first.body.refresh_token, { resource: USERINFO });
    if (second.status === 200) expect(await where(second.body.access_token)).toEqual([401, 401, 401]);
    else expect(second.body.error).toBe('invalid_target');
  });

  it('T062 a resource more is asked for again, and the page names it', async () => {
    const other = new Navigator(host);
    await other.signUp();
    await obtainCode(other, WEB, { resource: FILES });
    const handle = await askedForConsent(other, WEB, { resource: API });
    const { text } = await other.get(`${CONSENT}?request=${handle}`);
    expect(text).toMatch(/https:\/\/api\.example\/v1<\/code> <strong class="new">/);
  });

  it('F43: RFC 8707 2.2 a resource named at the token endpoint alone is taken, and refreshed', async () => {
    const grant = await obtainCode(browser, WEB, { scope: SCOPE });
    const first = await exchange(host, WEB, grant, { resource: API });
    expect(first.status).toBe(200);
    expect(decodeJwt(first.body.access_token)).toMatchObject({ aud: [API, USERINFO], scope: SCOPE });
    const second = await refresh(first.body.refresh_token, { resource: API });
    expect(decodeJwt(second.body.access_token).aud).toEqual([API, USERINFO]);
    const other = await refresh(second.body.refresh_token, { resource: FILES });
    expect([other.status, other.body.error]).toEqual([400, 'invalid_target']);
  });

  it('F43: a resource named at the refresh alone is taken; without one the token is for this server', async () => {
    const first = await exchange(host, WEB, await obtainCode(browser, WEB, { scope: SCOPE }));
    const second = await refresh(first.body.refresh_token, { resource: API });
    expect(decodeJwt(second.body.access_token).aud).toEqual([API, USERINFO]);
    const third = await refresh(second.body.refresh_token);
    expect(third.body.access_token).toMatch(/^naa_/);
    const foreign = await refresh(third.body.refresh_token, { resource: 'https://other.example' });
    expect([foreign.status, foreign.body.error]).toEqual([400, 'invalid_target']);
  });

  it('F43: never one that the client may not have, or that takes nothing of what was granted; the code is not spent', async () => {
    const bound = await obtainCode(browser, BOUND, { scope: SCOPE });
    for (const resource of [API, 'https://other.example', USERINFO, 'x']) {
      const refused = await exchange(host, BOUND, bound, { resource });
      expect([refused.status, refused.body.error]).toEqual([400, 'invalid_target']);
    }
    expect((await exchange(host, BOUND, bound, { resource: FILES })).status).toBe(200);
    const data = await obtainCode(browser, WEB, { scope: 'read:data' });
    const refused = await exchange(host, WEB, data, { resource: NARROW });
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_target']);
    const named = await exchange(host, WEB, await codeFor([FILES]), { resource: API });
    expect([named.status, named.body.error]).toEqual([400, 'invalid_target']);
  });

  it('F43: the page of consent says where else a client may go that names nothing, and no consent is remembered for it', async () => {
    const other = new Navigator(host);
    const id = await other.signUp();
    const handle = await askedForConsent(other, BOUND, { scope: SCOPE });
    const { text } = await other.get(`${CONSENT}?request=${handle}`);
    expect(/id="reachable"[^>]*>([^]*?)<\/p>/.exec(text)![1]).toMatch(/<code>https:\/\/files\.example<\/code>\.\s*$/);
    expect(text).not.toContain('api.example');
    await exchange(host, BOUND, await obtainCode(other, BOUND, { scope: SCOPE }), { resource: FILES });
    expect(await host.sql('SELECT resources FROM auth_consent WHERE subject = $1', [id])).toEqual([{ resources: [] }]);
  });
});
