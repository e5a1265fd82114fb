import { decodeJwt } from 'jose';
import type { StaticClientOptions } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import { opened } from '../support/signed-answers.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

const { API, RESOURCE_SERVER, RIVAL, SPA, WEB, proof, tokensFor } = oauth;
const SIGNED = 'application/token-introspection+jwt';
const JWT_WEB = { ...WEB, clientId: 'jwt-web', accessTokenFormat: 'jwt' as const };
const EDDSA = {
  ...RESOURCE_SERVER,
  clientId: 'eddsa',
  metadata: { introspection_signed_response_alg: 'EdDSA' as const },
};

describe.each(['express', 'fastify'] as const)('signed introspection (RFC 9701) on %s', (adapter) => {
  let host: TestApp;
  let ada: SignedInUser;
  beforeAll(async () => {
    const clients = [WEB, JWT_WEB, RIVAL, SPA, RESOURCE_SERVER, EDDSA];
    host = await oauth.createOAuthApp({ adapter, clients, auth: { cacheTtl: '60s' } });
    ada = await signUp(host.url);
  });
  afterAll(() => host.close());

  const ask = (client: StaticClientOptions, token: string, accept: string | undefined = SIGNED) =>
    oauth.submit(host, 'oauth2/introspect', { token }, { ...proof(client), ...(accept !== undefined && { accept }) });
  const token = async (client: StaticClientOptions = WEB, resources: string[] = []) =>
    (await tokensFor(host, client, ada, { resources })).access_token;

  it('RFC 9701 5: a JWT of its own type, for the client that asks, with the whole answer in one member', async () => {
    for (const client of [WEB, JWT_WEB]) {
      const given = await token(client);
      const plain = await ask(client, given, 'application/json');
      const { status, headers, text } = await ask(client, given);
      expect([status, headers.get('content-type')]).toEqual([200, SIGNED]);
      expect(headers.get('cache-control')).toBe('no-store');
      const { header, claims } = await opened(host, text, client.clientId);
      expect(header).toEqual({ alg: 'RS256', kid: expect.any(String), typ: 'token-introspection+jwt' });
      expect(claims).toEqual({
        iss: TEST_ISSUER,
        aud: client.clientId,
        iat: expect.any(Number),
        token_introspection: plain.body,
      });
      expect(Math.abs(claims.iat! - Date.now() / 1000)).toBeLessThan(5);
    }
  });

  it('RFC 9701 5, T087: dead, unknown, of another: { active: false } and nothing else in it', async () => {
    const given = await token();
    for (const [client, value] of [
      [RIVAL, given],
      [RESOURCE_SERVER, given],
      [WEB, 'nonsense'],
      [WEB, `${given}x`],
    ] as const) {
      const { claims } = await opened(host, (await ask(client, value)).text, client.clientId);
      expect(claims['token_introspection']).toEqual({ active: false });
      expect(Object.keys(claims).toSorted()).toEqual(['aud', 'iat', 'iss', 'token_introspection']);
    }
  });

  it('RFC 9701 3: who may not ask gets no signature: a public client, no client', async () => {
    const refused = [
      await oauth.submit(host, 'oauth2/introspect', { token: 'x', client_id: 'spa' }, { accept: SIGNED }),
      await oauth.submit(host, 'oauth2/introspect', { token: 'x' }, { accept: SIGNED }),
    ];
    for (const { status, body } of refused) expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it('RFC 9701 6: the algorithm that the client registered', async () => {
    const { text } = await ask(EDDSA, await token(WEB, [API]));
    const { header, claims } = await opened(host, text, 'eddsa');
    expect(header['alg']).toBe('EdDSA');
    expect(claims['token_introspection']).toMatchObject({ active: true, aud: API });
  });

  it.each<[string, string | undefined, boolean]>([
    ['none', undefined, false],
    ['anything', '*/*', false],
    ['any application type', 'application/*', false],
    ['JSON', 'application/json', false],
    ['another JWT', 'application/jwt', false],
    ['its name', SIGNED, true],
    ['its name in capitals', SIGNED.toUpperCase(), true],
    ['its name with a parameter', `${SIGNED};v=1`, true],
    ['its name, and anything', `${SIGNED}, */*`, true],
    ['its name before JSON', `${SIGNED}, application/json;q=0.9`, true],
    ['JSON before its name', `application/json, ${SIGNED};q=0.9`, false],
    ['both the same', `application/json, ${SIGNED}`, true],
    ['anything before its name', `*/*, ${SIGNED};q=0.1`, false],
    ['anything, but JSON less', `*/*, application/json;q=0.1, ${SIGNED};q=0.5`, true],
    ['its name refused', `${SIGNED};q=0, */*`, false],
    ['a weight that is none', `${SIGNED};q=x`, false],
    ['a text that holds the name', `x${SIGNED}`, false],
  ])('RFC 9701 4, RFC 9110 12.5.1: Accept of %s', async (_what, accept, isSigned) => {
    const headers = { ...proof(WEB), ...(accept !== undefined && { accept }) };
    const { headers: answered } = await oauth.submit(host, 'oauth2/introspect', { token: 'x' }, headers);
    expect(answered.get('content-type')).toMatch(isSigned ? SIGNED : /^application\/json/);
  });

  it('RFC 9701 8.1: the answer opens nothing itself, and is no hint', async () => {
    const { text } = await ask(WEB, await token());
    const used = await send(`${host.url}/api/auth/oauth2/userinfo`, { bearer: text });
    expect([used.status, used.body.error]).toEqual([401, 'invalid_token']);
    expect((await ask(WEB, text, 'application/json')).body).toEqual({ active: false });
    expect(decodeJwt(text)).not.toHaveProperty('sub');
  });

  it('RFC 9701 5: an answer that is longer than a header could hold', async () => {
    const long = (index: number) => `${index}${'x'.repeat(98)}`;
    const scopes = Array.from({ length: 38 }, (_, index) => long(index));
    const resources = Array.from({ length: 30 }, (_, index) => `https://api.example/${long(index)}`);
    const many = { ...WEB, clientId: 'many', scopes };
    const auth = { resources: resources.map((resource) => ({ resource })) };
    const wide = await oauth.createOAuthApp({ adapter, clients: [many], provider: { scopes }, auth });
    try {
      const user = await signUp(wide.url);
      const { access_token: given } = await tokensFor(wide, many, user, { scopes, resources });
      const headers = { ...proof(many), accept: SIGNED };
      const { status, text } = await oauth.submit(wide, 'oauth2/introspect', { token: given }, headers);
      expect(status).toBe(200);
      expect(text.length).toBeGreaterThan(8_192);
      const { claims } = await opened(wide, text, 'many');
      expect(claims['token_introspection']).toMatchObject({ active: true, scope: scopes.join(' '), aud: resources });
    } finally {
      await wide.close();
    }
  });
});

describe('FAPI MS 5.5.1', () => {
  it('FAPI MS 5.5.1: a client of message signing gets its answers by an algorithm of its own set', async () => {
    const key = await oauth.clientKey('PS256');
    const fapi: StaticClientOptions = {
      clientId: 'fapi',
      resources: [API],
      profile: 'fapi2-message-signing',
      tokenEndpointAuthMethod: 'private_key_jwt',
      metadata: { jwks: { keys: [key.jwk] } },
    };
    const host = await oauth.createOAuthApp({ clients: [WEB, fapi], provider: { requestObjects: true } });
    try {
      const user = await signUp(host.url);
      const { access_token: token } = await tokensFor(host, WEB, user, { resources: [API] });
      const assertion = await oauth.assertionOf('fapi', key, { aud: TEST_ISSUER });
      const fields = oauth.byAssertion(assertion, { token });
      const { text } = await oauth.submit(host, 'oauth2/introspect', fields, { accept: SIGNED });
      const { header, claims } = await opened(host, text, 'fapi');
      expect(header['alg']).toBe('ES256');
      expect(claims['token_introspection']).toMatchObject({ active: true });
    } finally {
      await host.close();
    }
  });
});
