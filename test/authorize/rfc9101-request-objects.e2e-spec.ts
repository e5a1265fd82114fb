import { decodeJwt } from 'jose';
import type { TestApp } from '../support/app.js';
import { exchange, Navigator, pkce } from '../support/oauth.js';
import {
  answerOf,
  ask,
  clientKey,
  jarClient,
  jarHost,
  REDIRECT,
  requestClaims,
  signObject,
  type ClientKey,
} from '../support/request-objects.js';

describe.each(['express', 'fastify'] as const)('RFC 9101 request objects by value on %s', (adapter) => {
  let host: TestApp;
  let browser: Navigator;
  let rsa: ClientKey;
  let ec: ClientKey;
  const JAR = () => jarClient('jar', { jwks: { keys: [rsa.publicJwk, ec.publicJwk] } });

  beforeAll(async () => {
    [rsa, ec] = await Promise.all([clientKey('RS256', 'r1'), clientKey('ES256', 'e1')]);
    const clients = [
      JAR(),
      jarClient('strict', { jwks: { keys: [rsa.publicJwk] }, require_signed_request_object: true }),
      jarClient('es-only', {
        jwks: { keys: [rsa.publicJwk, ec.publicJwk] },
        request_object_signing_alg: 'ES256',
      }),
    ];
    host = await jarHost(clients, {}, adapter, {
      resources: [{ resource: 'https://a.example' }, { resource: 'https://b.example' }],
    });
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(() => host.close());

  const byValue = async (claims: object, change: Record<string, string | undefined> = {}, header: object = {}) =>
    ask(browser, 'jar', { request: await signObject(rsa, requestClaims('jar', { ...claims }), header), ...change });

  it('4 a signed object authorizes, and the code is good for what it says', async () => {
    const { verifier, challenge } = pkce();
    const page = await byValue({ code_challenge: challenge, nonce: 'inner-nonce' });
    const answer = answerOf(page);
    expect(page.location).toMatch(new RegExp(`^${REDIRECT}\\?`));
    expect(answer).toMatchObject({ code: expect.any(String), state: 'inner-state' });
    const tokens = await exchange(host, JAR(), { code: answer['code']!, verifier });
    expect(decodeJwt(tokens.body.id_token)).toMatchObject({ nonce: 'inner-nonce', aud: 'jar' });
  });

  it.each(['JWT', 'jwt', 'oauth-authz-req+jwt', 'application/oauth-authz-req+jwt'])(
    '10.8 typ %s is taken',
    async (typ) => {
      expect(answerOf(await byValue({}, {}, { typ }))).toHaveProperty('code');
    },
  );

  it('5.1 client_id and the object are all that has to be sent', async () => {
    const page = await byValue({}, { response_type: undefined, scope: undefined, redirect_uri: undefined });
    expect(answerOf(page)).toMatchObject({ code: expect.any(String), state: 'inner-state' });
  });

  it('6.3 what stands beside the object never counts, whether the object has it or not', async () => {
    const page = await byValue(
      { state: undefined, scope: 'openid email' },
      {
        redirect_uri: 'https://jar.example/other',
        scope: 'openid profile',
        state: 'outer-state',
        prompt: 'login',
        response_type: 'token',
        max_age: '0',
      },
    );
    expect(page.location).toMatch(new RegExp(`^${REDIRECT}\\?`));
    expect(answerOf(page)).toHaveProperty('code');
    expect(answerOf(page)).not.toHaveProperty('state');
    const [row] = await host.sql('SELECT scopes FROM auth_authorization_code ORDER BY created_at DESC LIMIT 1');
    expect(row).toEqual({ scopes: ['openid', 'email'] });
  });

  it('6.3 what the object leaves out is missing: nothing of the query stands in for it', async () => {
    const { challenge } = pkce();
    const outer = { code_challenge: challenge, code_challenge_method: 'S256', state: 'outer-state' };
    const page = await byValue({ code_challenge: undefined, code_challenge_method: undefined }, outer);
    expect(answerOf(page)).toMatchObject({ error: 'invalid_request', state: 'inner-state' });
    const untyped = await byValue({ response_type: undefined });
    expect(answerOf(untyped)).toMatchObject({ error: 'invalid_request', state: 'inner-state' });
  });

  it('6.3 redirect_uri of the object has to be registered, whatever the query says', async () => {
    const page = await byValue({ redirect_uri: 'https://evil.example/callback' });
    expect(page.status).toBe(400);
    expect(page.location).toBeUndefined();
  });

  it('4 numbers, objects and lists become parameters', async () => {
    const claims = { id_token: { auth_time: { essential: true } }, userinfo: { email: null } };
    const resource = ['https://a.example', 'https://b.example'];
    const page = await byValue({ max_age: 300, claims, resource, prompt: null, unheard_of: { a: [1] } });
    expect(answerOf(page)).toHaveProperty('code');
    const [row] = await host.sql('SELECT * FROM auth_authorization_code ORDER BY created_at DESC LIMIT 1');
    expect(row).toMatchObject({ resources: resource, claims });
    expect(answerOf(await byValue({ claims: JSON.stringify(claims) }))).toHaveProperty('code');
    expect(answerOf(await byValue({ max_age: 0, prompt: 'none' }))).toMatchObject({ error: 'login_required' });
  });

  it.each([
    ['max_age', { max_age: 1.5 }, 'invalid_request'],
    ['max_age below zero', { max_age: -1 }, 'invalid_request'],
    ['prompt as a list', { prompt: ['login'] }, 'invalid_request'],
    ['claims as a list', { claims: [] }, 'invalid_request'],
    ['scope as a list', { scope: ['openid'] }, 'invalid_scope'],
    ['scope as an object', { scope: { openid: true } }, 'invalid_scope'],
    ['resource of numbers', { resource: [1, { a: 1 }] }, 'invalid_target'],
    ['a long nonce', { nonce: 'x'.repeat(5_000) }, 'invalid_request'],
    ['state as a list', { state: ['a'], response_type: 'token' }, 'unsupported_response_type'],
  ])("4.1.2.1 %s of the wrong kind is the request's fault", async (_, claims, error) => {
    const page = await byValue(claims);
    expect(answerOf(page)).toMatchObject({ error });
  });

  it('5 request and request_uri exclude each other', async () => {
    const page = await byValue({}, { request_uri: 'https://jar.example/object', state: 'outer-state' });
    expect(answerOf(page)).toMatchObject({ error: 'invalid_request', state: 'outer-state' });
  });

  it('10.5 require_signed_request_object: nothing without an object', async () => {
    const { challenge } = pkce();
    const plain = { code_challenge: challenge, code_challenge_method: 'S256', state: 's' };
    expect(answerOf(await ask(browser, 'strict', plain))).toMatchObject({ error: 'invalid_request', state: 's' });
    const request = await signObject(rsa, requestClaims('strict'));
    expect(answerOf(await ask(browser, 'strict', { request }))).toHaveProperty('code');
  });

  it('10.5 requireSignedRequestObject: the same for every client, whatever it has registered', async () => {
    const other = await jarHost([JAR()], { requestObjects: undefined, requireSignedRequestObject: true }, adapter);
    try {
      const anna = new Navigator(other);
      await anna.signUp();
      const { challenge } = pkce();
      const plain = { code_challenge: challenge, code_challenge_method: 'S256', state: 's' };
      expect(answerOf(await ask(anna, 'jar', plain))).toMatchObject({ error: 'invalid_request', state: 's' });
      const request = await signObject(rsa, requestClaims('jar'));
      expect(answerOf(await ask(anna, 'jar', { request }))).toHaveProperty('code');
    } finally {
      await other.close();
    }
  });

  it('OIDC Registration 2 request_object_signing_alg is the only one taken', async () => {
    const [by, other] = await Promise.all([ec, rsa].map((key) => signObject(key, requestClaims('es-only'))));
    expect(answerOf(await ask(browser, 'es-only', { request: by }))).toHaveProperty('code');
    expect(answerOf(await ask(browser, 'es-only', { request: other }))).toMatchObject({
      error: 'invalid_request_object',
    });
  });

  it('OIDC Core 6.1 a stranger signs in first, and the request goes on as the object says', async () => {
    const stranger = new Navigator(host);
    const request = await signObject(rsa, requestClaims('jar', { login_hint: 'anna@example.com' }));
    const page = await ask(stranger, 'jar', { request });
    const back = new URL(page.location!, 'http://localhost').searchParams.get('continue')!;
    await stranger.signUp();
    expect(answerOf(await stranger.get(back))).toMatchObject({ code: expect.any(String), state: 'inner-state' });
  });

  it('a form from another site brings an object too', async () => {
    const form = { client_id: 'jar', request: await signObject(rsa, requestClaims('jar')) };
    const page = await browser.post('/api/auth/oauth2/authorize', form, 'https://jar.example');
    expect(page.status).toBe(303);
    expect(answerOf(await browser.get(page.location!))).toMatchObject({ code: expect.any(String) });
  });
});
