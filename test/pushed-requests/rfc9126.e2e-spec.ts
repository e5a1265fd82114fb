import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { DEVICE_GRANT } from '../support/device.js';
import { send, type Answer } from '../support/http.js';
import { APP, basic, OTHER, pkce, providerOptions, WEB } from '../support/oauth.js';
import { PAR, push, pushForm, REQUEST_URI } from '../support/pushed-requests.js';

const DEVICE_ONLY = { ...OTHER, clientId: 'tv', grantTypes: [DEVICE_GRANT] };
const TWO = { ...WEB, clientId: 'two', redirectUris: ['https://two.example/a', 'https://two.example/b'] };

describe.each(['express', 'fastify'] as const)('RFC 9126 2: the endpoint, on %s', (adapter) => {
  let host: TestApp;
  beforeAll(async () => {
    const clients = [WEB, APP, OTHER, DEVICE_ONLY, TWO];
    const resources = [{ resource: 'https://api.example' }];
    host = await createTestApp({ adapter, auth: providerOptions({ clients }, { resources, device: true }) });
  });
  afterAll(() => host.close());

  const rows = async () =>
    (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_authorization_request'))[0]!.n;
  const newest = async () =>
    (
      await host.sql<{ client_id: string; parameters: any; session_id: string | null; ttl: number; text: string }>(
        `SELECT client_id, parameters, session_id, extract(epoch FROM expires_at - now())::float8 AS ttl,
           encode(handle_hash, 'hex') AS text FROM auth_authorization_request ORDER BY created_at DESC LIMIT 1`,
      )
    )[0]!;
  async function expectRefused(answer: Promise<Answer>, error = 'invalid_request', status = 400): Promise<Answer> {
    const before = await rows();
    const { status: found, body, headers } = await answer;
    expect([found, body.error]).toEqual([status, error]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('location')).toBeNull();
    expect(await rows()).toBe(before);
    return answer;
  }

  it.each([
    ['oauth2/par', WEB],
    ['oauth/par', WEB],
    ['oauth2/par', APP],
  ])('RFC 9126 2.2: at %s 201, request_uri and expires_in as JSON, not to be kept', async (route, client) => {
    const secret = client === WEB ? basic(WEB.clientId, WEB.clientSecret!) : {};
    const body = new URLSearchParams({
      response_type: 'code',
      client_id: client.clientId,
      redirect_uri: client.redirectUris![0]!,
      code_challenge: pkce().challenge,
      code_challenge_method: 'S256',
    });
    const { status, body: answer, headers } = await send(`${host.url}/api/auth/${route}`, { body, headers: secret });
    expect(status).toBe(201);
    expect(answer).toEqual({ request_uri: expect.stringMatching(REQUEST_URI), expires_in: 60 });
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toBe('no-store');
    const row = await newest();
    expect(row).toMatchObject({ client_id: client.clientId, session_id: null });
    expect(row.ttl).toBeGreaterThan(50);
    expect(row.ttl).toBeLessThanOrEqual(60);
  });

  it('RFC 9126 2.2, 7.1: each request_uri has 256 random bits, and is kept as a hash', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => push(host, WEB)));
    const references = answers.map(({ body }) => body.request_uri as string);
    expect(new Set(references).size).toBe(20);
    const [dump] = await host.sql<{ text: string }>(
      'SELECT string_agg(r::text, chr(10)) AS text FROM auth_authorization_request r',
    );
    for (const one of references) expect(dump!.text).not.toContain(one.split(':').at(-1));
  });

  it('RFC 9126 2: by a secret in the form, and as JSON, as at the token endpoint', async () => {
    const { clientId: client_id, clientSecret: client_secret, redirectUris } = WEB;
    const fields = {
      client_id: client_id,
      client_secret: client_secret!,
      response_type: 'code',
      redirect_uri: redirectUris![0]!,
      code_challenge: pkce().challenge,
      code_challenge_method: 'S256',
    };
    expect((await send(host.url + PAR, { body: new URLSearchParams(fields) })).status).toBe(201);
    expect((await send(host.url + PAR, { body: fields })).status).toBe(201);
    expect(JSON.stringify((await newest()).parameters)).not.toContain(client_secret);
  });

  it('RFC 9126 2.1: every parameter of the authorization endpoint is kept, extensions too', async () => {
    const claims = JSON.stringify({ id_token: { email: null } });
    const change = {
      scope: 'openid email',
      nonce: 'n',
      prompt: 'login',
      max_age: '60',
      claims,
      state: 's'.repeat(1_000),
    };
    const more = {
      resource: 'https://api.example',
      ui_locales: 'de',
      login_hint: 'a@b.example',
      response_mode: 'form_post',
    };
    expect((await push(host, WEB, { ...change, ...more, unknown_extension: 'x' })).status).toBe(201);
    expect((await newest()).parameters).toMatchObject({
      scopes: ['openid', 'email'],
      nonce: 'n',
      prompts: ['login'],
      maxAgeSeconds: 60,
      state: 's'.repeat(1_000),
      resources: ['https://api.example'],
      uiLocales: 'de',
      loginHint: 'a@b.example',
      responseMode: 'form_post',
      redirectUri: WEB.redirectUris![0],
    });
  });

  it.each<[string, () => Promise<Answer>]>([
    ['a wrong secret', () => push(host, { ...WEB, clientSecret: 'wrong' })],
    ['no secret', () => push(host, { ...WEB, clientSecret: undefined! })],
    ['no such client', () => push(host, { ...APP, clientId: 'nobody' })],
    ['no client', () => push(host, APP, { client_id: undefined })],
    ['a secret of a public client', () => push(host, { ...APP, clientSecret: 'made up' })],
    ['a wrong secret and a wrong request', () => push(host, { ...WEB, clientSecret: 'wrong' }, { response_type: 'x' })],
    ['a wrong secret and request_uri', () => push(host, { ...WEB, clientSecret: 'wrong' }, { request_uri: 'urn:x' })],
  ])('RFC 9126 2.1: first the client proves itself: %s', async (_name, ask) => {
    await expectRefused(ask(), 'invalid_client', 401);
  });

  it.each<[string, typeof WEB, Record<string, string | undefined>, string]>([
    ['request_uri of ours', WEB, { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
    ['request_uri of the client', WEB, { request_uri: 'https://web.example/object' }, 'invalid_request'],
    ['another client_id', WEB, { client_id: 'other' }, 'invalid_request'],
    ['no response_type', WEB, { response_type: undefined }, 'invalid_request'],
    ['response_type token', WEB, { response_type: 'token' }, 'unsupported_response_type'],
    ['response_type code id_token', WEB, { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['no PKCE', APP, { code_challenge: undefined }, 'invalid_request'],
    ['plain PKCE', APP, { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a redirect_uri that is not registered', WEB, { redirect_uri: 'https://evil.example/cb' }, 'invalid_request'],
    ['a redirect_uri that is no address', WEB, { redirect_uri: 'x' }, 'invalid_request'],
    ['no redirect_uri of several', TWO, { redirect_uri: undefined }, 'invalid_request'],
    ['no redirect_uri and openid', WEB, { redirect_uri: undefined }, 'invalid_request'],
    ['a scope that is not offered', WEB, { scope: 'admin' }, 'invalid_scope'],
    ['a resource that is unknown', WEB, { resource: 'https://other.example' }, 'invalid_target'],
    ['a response_mode that is not offered', WEB, { response_mode: 'fragment' }, 'invalid_request'],
    ['a prompt that is unknown', WEB, { prompt: 'x' }, 'invalid_request'],
    ['prompt=none login', WEB, { prompt: 'none login' }, 'invalid_request'],
    ['max_age that is no number', WEB, { max_age: '-1' }, 'invalid_request'],
    ['claims that are no JSON', WEB, { claims: '{' }, 'invalid_request'],
    ['a state that is too long', WEB, { state: 's'.repeat(2_049) }, 'invalid_request'],
    ['a nonce that is too long', WEB, { nonce: 'n'.repeat(513) }, 'invalid_request'],
    ['a hint that is no ID token', WEB, { id_token_hint: 'x' }, 'invalid_request'],
    ['acr_values that nobody reaches', WEB, { acr_values: 'gold' }, 'unmet_authentication_requirements'],
    ['a client without the grant', DEVICE_ONLY, {}, 'unauthorized_client'],
    ['a request object, where none is taken', WEB, { request: 'a.b.c', ...only() }, 'request_not_supported'],
    ['registration', WEB, { registration: '{}' }, 'registration_not_supported'],
    ['dpop_jkt of 42 characters', WEB, { dpop_jkt: 'A'.repeat(42) }, 'invalid_request'],
  ])(
    'RFC 9126 2.1, 2.3: %s is told at once, in the form of the token endpoint',
    async (_name, client, change, error) => {
      await expectRefused(push(host, client, change), error);
    },
  );

  it('RFC 9126 2.3: what only a user can settle waits for them; no code of that kind comes from here', async () => {
    for (const prompt of ['none', 'login', 'consent', 'select_account', 'create'])
      expect((await push(host, WEB, { prompt })).status).toBe(201);
    const claims = JSON.stringify({ id_token: { sub: { value: 'nobody' } } });
    expect((await push(host, WEB, { claims })).status).toBe(201);
  });

  it('RFC 9126 2.1: a parameter that is repeated is refused, and resource may be', async () => {
    const twice = (name: string, value: string) => {
      const body = new URLSearchParams({
        response_type: 'code',
        redirect_uri: WEB.redirectUris![0]!,
        code_challenge: pkce().challenge,
        code_challenge_method: 'S256',
      });
      for (let i = 0; i < 2; i++) body.append(name, value);
      return pushForm(host, WEB, body);
    };
    await expectRefused(twice('state', 'x'));
    await expectRefused(twice('scope', 'openid'));
    expect((await twice('resource', 'https://api.example')).status).toBe(201);
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'])('RFC 9126 2.3: %s is 405 with Allow', async (method) => {
    const { status, headers, body } = await send(host.url + PAR, { method });
    expect([status, headers.get('allow'), body.error]).toEqual([405, 'POST', 'invalid_request']);
  });

  it('RFC 9126 2.3: a body that is too large is 413', async () => {
    const { status, headers } = await push(host, WEB, { unknown: 'x'.repeat(300_000) });
    expect([status, headers.get('cache-control')]).toEqual([413, 'no-store']);
  });

  it.each([
    ['NUL', { state: 'a\0b' }],
    ['a name of the prototype', { __proto__: 'x', constructor: 'x', state: 'y' }],
    ['half a surrogate', { state: '\ud800' }],
  ])('RFC 9126 2.3: %s costs no 5xx', async (_name, change) => {
    expect((await push(host, WEB, change as Record<string, string>)).status).toBeLessThan(500);
  });

  it('RFC 9126 5: the metadata name the endpoint, and that it is not required', async () => {
    for (const name of ['openid-configuration', 'oauth-authorization-server']) {
      const { body } = await send(`${host.url}/.well-known/${name}`);
      expect(body).toMatchObject({
        pushed_authorization_request_endpoint: TEST_ISSUER + PAR,
        require_pushed_authorization_requests: false,
      });
    }
  });
});

/** Nothing of a plain request. */
function only(): Record<string, undefined> {
  const names = ['response_type', 'redirect_uri', 'scope', 'state', 'code_challenge', 'code_challenge_method'];
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
