import { generateKeyPairSync } from 'node:crypto';
import type { TestApp } from '../support/app.js';
import { CALLBACK, clientCount, createClientHost, provesItself, register, SMALLEST } from '../support/clients.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
const SECRET = /^nacs_[0-9A-Za-z]{49}$/;

describe('dynamic client registration (RFC 7591)', () => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createClientHost({ dynamicRegistration: 'authenticated', requestObjects: true });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  const ask = (body: unknown) => register(host, body, { bearer: user.token });

  it('RFC 7591 2, 3.2.1: defaults are filled in, and the answer has every registered member and its camelCase twin', async () => {
    const answer = await ask({
      ...SMALLEST,
      client_name: 'My App',
      logo_uri: 'https://client.example/logo.png',
      odd: 1,
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { body } = answer;
    expect(body).toEqual({
      client_id: expect.stringMatching(/^[0-9A-Za-z]{32}$/),
      client_id_issued_at: Math.floor(Date.parse(body.createdAt) / 1000),
      client_secret: expect.stringMatching(SECRET),
      client_secret_expires_at: 0,
      registration_access_token: expect.stringMatching(/^nrat_/),
      registration_client_uri: `http://localhost:3000/api/auth/oauth2/register/${body.client_id}`,
      redirect_uris: [CALLBACK],
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      application_type: 'web',
      client_name: 'My App',
      logo_uri: 'https://client.example/logo.png',
      scope: 'openid profile email offline_access',
      clientId: body.client_id,
      clientSecret: body.client_secret,
      redirectURLs: [CALLBACK],
      name: 'My App',
      icon: 'https://client.example/logo.png',
      user_id: user.id,
      require_pkce: true,
      skip_consent: false,
      enable_end_session: true,
      authenticationScheme: 'client_secret',
      disabled: false,
      userId: user.id,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
    expect(await provesItself(host, body.client_id, body.client_secret)).toBe(true);
  });

  it('201 the string forms of objects that better-auth documents, and the alias', async () => {
    const answer = await send(`${host.url}/api/auth/oauth/register`, {
      bearer: user.token,
      body: {
        redirect_uris: [CALLBACK, 'https://client.example/b'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        contacts: ['a@client.example', 'b@client.example'],
        scope: 'openid profile',
        jwks: JSON.stringify({ keys: [{ ...KEY, alg: 'RS256', use: 'sig' }] }),
        metadata: '{"key":"value"}',
        software_id: 'my-software',
        software_version: '1.0.0',
        software_statement: 'eyJ.x.y',
        tos_uri: null,
        policy_uri: '',
      },
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      redirect_uris: [CALLBACK, 'https://client.example/b'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      contacts: ['a@client.example', 'b@client.example'],
      jwks: { keys: [{ kty: 'RSA', n: KEY.n }] },
      metadata: { key: 'value' },
      software_statement: 'eyJ.x.y',
      scope: 'openid profile',
    });
    expect(answer.body).not.toHaveProperty('policy_uri');
  });

  it('201 a public client has no secret; a private_key_jwt client neither', async () => {
    const open = await ask({ ...SMALLEST, token_endpoint_auth_method: 'none' });
    expect(open.body).toMatchObject({ token_endpoint_auth_method: 'none', authenticationScheme: 'none' });
    const keys = await ask({
      ...SMALLEST,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://client.example/jwks',
    });
    expect(keys.status).toBe(201);
    for (const { body } of [open, keys]) {
      expect(body).not.toHaveProperty('client_secret');
      expect(body).not.toHaveProperty('client_secret_expires_at');
    }
  });

  it('a public client is called from browsers at once, and one that is confidential never', async () => {
    const allowed = async (origin: string) => {
      const headers = { origin, 'access-control-request-method': 'POST' };
      const answer = await send(`${host.url}/api/auth/oauth2/token`, { method: 'OPTIONS', headers });
      return answer.headers.get('access-control-allow-origin');
    };
    for (const [token_endpoint_auth_method, origin] of [
      ['none', 'https://spa.example'],
      ['client_secret_basic', 'https://web.example'],
    ] as const) {
      expect(await allowed(origin)).toBeNull();
      const { status } = await ask({ redirect_uris: [`${origin}/cb`], token_endpoint_auth_method });
      expect(status).toBe(201);
      expect(await allowed(origin)).toBe(token_endpoint_auth_method === 'none' ? origin : null);
    }
  });

  it('201 all that OpenID Connect and its logout specifications add', async () => {
    const extras = {
      application_type: 'web',
      subject_type: 'pairwise',
      id_token_signed_response_alg: 'ES256',
      userinfo_signed_response_alg: 'RS256',
      request_object_signing_alg: 'PS256',
      request_uris: ['https://client.example/request#digest'],
      require_signed_request_object: true,
      default_max_age: 3600,
      require_auth_time: true,
      default_acr_values: ['0'],
      initiate_login_uri: 'https://client.example/login',
      post_logout_redirect_uris: ['https://client.example/bye?x=1'],
      backchannel_logout_uri: 'https://client.example/back',
      backchannel_logout_session_required: true,
      frontchannel_logout_uri: 'https://client.example/front',
      frontchannel_logout_session_required: false,
    };
    const answer = await ask({ ...SMALLEST, ...extras });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject(extras);
  });

  it('413 above 32 KiB, 400 what is no JSON object, 415 a form; nothing is made', async () => {
    const before = await clientCount(host);
    const large = await ask({ ...SMALLEST, odd: 'x'.repeat(33_000) });
    expect([large.status, large.body.error]).toEqual([413, 'invalid_client_metadata']);
    expect((await ask([])).status).toBe(400);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await register(host, 'redirect_uris=x', { bearer: user.token, headers })).status).toBe(415);
    expect(await clientCount(host)).toBe(before);
  });

  it('RFC 7591 3.2.1: secrets end when they were said to', async () => {
    const ends = await createClientHost(
      { dynamicRegistration: { mode: 'open', secretTTL: '1h' } },
      { databaseUrl: host.databaseUrl, cacheTtl: 0 },
    );
    try {
      const { body } = await register(ends, SMALLEST);
      expect(body.client_secret_expires_at - body.client_id_issued_at).toBe(3600);
      expect(await provesItself(ends, body.client_id, body.client_secret)).toBe(true);
      await ends.sql('UPDATE auth_oauth_client SET secret_expires_at = now() WHERE client_id = $1', [body.client_id]);
      expect(await provesItself(ends, body.client_id, body.client_secret)).toBe(false);
    } finally {
      await ends.close();
    }
  });

  it('OIDC Core 9: the secret of client_secret_jwt is an HMAC key, kept encrypted and never sent', async () => {
    const { body } = await ask({ ...SMALLEST, token_endpoint_auth_method: 'client_secret_jwt' });
    expect(body.client_secret).toMatch(SECRET);
    const [row] = await host.sql('SELECT secret_hash, secret_box FROM auth_oauth_client WHERE client_id = $1', [
      body.client_id,
    ]);
    expect(row).toMatchObject({ secret_hash: null, secret_box: expect.any(Buffer) });
    expect((row!['secret_box'] as Buffer).includes(body.client_secret)).toBe(false);
    expect(await provesItself(host, body.client_id, body.client_secret)).toBe(false);
  });
});
