import { decodeJwt, decodeProtectedHeader } from 'jose';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import {
  APP,
  authorize,
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

describe.each(['express', 'fastify'] as const)('the authorization code flow on %s', (adapter) => {
  let host: TestApp;
  let browser: Navigator;
  let userId: string;

  beforeAll(async () => {
    host = await createTestApp({ adapter, auth: providerOptions() });
    browser = new Navigator(host);
    userId = await browser.signUp();
  });

  afterAll(() => host.close());

  it('4.1 code + PKCE with consent, once asked; access token, ID token and refresh token', async () => {
    const { verifier, challenge } = pkce();
    const query = authorizeQuery(WEB, {
      scope: 'openid profile offline_access',
      code_challenge: challenge,
      nonce: 'n-1',
    });
    const asked = await browser.get(`${AUTHORIZE}?${query}`);
    expect(asked.status).toBe(302);
    const consent = await browser.get(asked.location!);
    expect(consent.text).toMatch(/id="allow"[\s\S]*id="deny"/);
    const handle = new URL(asked.location!, TEST_ISSUER).searchParams.get('request')!;
    const allowed = await browser.post('/api/auth/oauth2/consent', { consent_code: handle, accept: 'true' });
    expect(allowed.status).toBe(303);
    const url = new URL(allowed.location!);
    expect(url.origin + url.pathname).toBe('https://web.example/callback');
    expect(url.searchParams.get('state')).toBe('a-state');
    expect(url.searchParams.get('iss')).toBe(TEST_ISSUER);

    const answer = await exchange(host, WEB, { code: url.searchParams.get('code')!, verifier });
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^naa_/),
      token_type: 'Bearer',
      expires_in: 3600,
      expires_at: expect.any(Number),
      scope: 'openid profile offline_access',
      refresh_token: expect.stringMatching(/^nar_/),
      id_token: expect.any(String),
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('pragma')).toBe('no-cache');
    expect(decodeProtectedHeader(answer.body.id_token)).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
    expect(decodeJwt(answer.body.id_token)).toMatchObject({
      iss: TEST_ISSUER,
      sub: userId,
      aud: 'web',
      nonce: 'n-1',
      at_hash: expect.any(String),
      auth_time: expect.any(Number),
      acr: 'urn:nest-authority:acr:pwd',
      amr: ['pwd'],
      sid: expect.any(String),
    });

    // Remembered: the second time nobody is asked.
    const again = await browser.get(`${AUTHORIZE}?${query}`);
    expect(again.location).toMatch(/^https:\/\/web\.example\/callback\?code=/);
  });

  it('6 refresh rotates, with a new ID token about the same sign-in', async () => {
    const grant = await obtainCode(browser, WEB, { scope: 'openid offline_access' });
    const first = await exchange(host, WEB, grant);
    const second = await tokenRequest(host, WEB, {
      grant_type: 'refresh_token',
      refresh_token: first.body.refresh_token,
    });
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(first.body.refresh_token);
    const [before, after] = [decodeJwt(first.body.id_token), decodeJwt(second.body.id_token)];
    expect(after).toMatchObject({ sub: before.sub, aud: 'web', auth_time: before['auth_time'] });
  });

  it('RFC 6750 the token opens guarded routes of the host no wider than its scopes', async () => {
    const answer = await exchange(host, APP, await obtainCode(browser, APP, { scope: 'read:data' }), {});
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty('id_token');
    expect(answer.body).not.toHaveProperty('refresh_token');
    // No management route: the token stands for a client, not for the user in person.
    expect((await send(`${host.url}/api/auth/list-sessions`, { bearer: answer.body.access_token })).status).toBe(401);
  });

  it('the demo of a denial: access_denied with state and iss', async () => {
    const page = await browser.get(
      `${AUTHORIZE}?${authorizeQuery(WEB, { scope: 'openid email', code_challenge: pkce().challenge })}`,
    );
    const handle = new URL(page.location!, TEST_ISSUER).searchParams.get('request')!;
    const denied = await browser.post('/api/auth/oauth2/consent', { consent_code: handle, accept: 'false' });
    const url = new URL(denied.location!);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'a-state',
      iss: TEST_ISSUER,
    });
  });

  it('a stranger is sent to sign in, and comes back', async () => {
    const stranger = new Navigator(host);
    const page = await stranger.get(`${AUTHORIZE}?${authorizeQuery(WEB, { code_challenge: pkce().challenge })}`);
    expect(page.location).toMatch(/^\/api\/auth\/sign-in\?continue=/);
    const back = new URL(page.location!, TEST_ISSUER).searchParams.get('continue')!;
    await stranger.signUp();
    expect((await stranger.get(back)).location).toContain('/oauth2/consent?');
  });

  it('form_post', async () => {
    const page = await browser.get(
      `${AUTHORIZE}?${authorizeQuery(WEB, { code_challenge: pkce().challenge, response_mode: 'form_post' })}`,
    );
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/<form method="post" action="https:\/\/web.example\/callback">[\s\S]*name="code"/);
  });

  it('a form from another site is answered with a navigation, which brings the cookie', async () => {
    const form = Object.fromEntries(new URLSearchParams(authorizeQuery(WEB, { code_challenge: pkce().challenge })));
    const page = await browser.post(AUTHORIZE, form, 'https://web.example');
    expect(page.status).toBe(303);
    expect((await browser.get(page.location!)).location).toMatch(/^https:\/\/web\.example\/callback\?code=/);
  });

  it('authorize() helper ends at the client', async () => {
    expect((await authorize(browser, authorizeQuery(WEB, { code_challenge: pkce().challenge }))).host).toBe(
      'web.example',
    );
  });
});
