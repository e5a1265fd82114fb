import type { JWTPayload } from 'jose';
import type { StaticClientOptions } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { assertionOf, byAssertion, clientKey as assertionKey, type ClientKey } from '../support/client-auth.js';
import { send } from '../support/http.js';
import { Navigator } from '../support/oauth.js';
import { open, PAR } from '../support/pushed-requests.js';
import { jarHost, REDIRECT, requestClaims, signObject, unsignedObject } from '../support/request-objects.js';
import { opened } from '../support/signed-answers.js';

const now = () => Math.floor(Date.now() / 1000);
const MINUTE = 60;
type Change = JWTPayload & Record<string, unknown>;

describe.each(['express', 'fastify'] as const)('signed requests of FAPI 2.0 Message Signing on %s', (adapter) => {
  let host: TestApp;
  let browser: Navigator;
  let keys: Readonly<Record<'ES256' | 'PS256' | 'RS256' | 'Ed25519' | 'stranger', ClientKey>>;

  beforeAll(async () => {
    const [ES256, PS256, RS256, Ed25519, stranger] = await Promise.all([
      assertionKey('ES256'),
      assertionKey('PS256'),
      assertionKey('RS256'),
      assertionKey('Ed25519'),
      assertionKey('ES256'),
    ]);
    keys = { ES256, PS256, RS256, Ed25519, stranger };
    const jwks = { keys: [ES256.jwk, PS256.jwk, RS256.jwk, Ed25519.jwk] };
    const bank: StaticClientOptions = {
      clientId: 'bank',
      redirectUris: [REDIRECT],
      scopes: ['openid'],
      skipConsent: true,
      tokenEndpointAuthMethod: 'private_key_jwt',
      profile: 'fapi2-message-signing',
      metadata: { jwks },
    };
    host = await jarHost([bank], {}, adapter);
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(() => host.close());

  const claimsOf = (change: Change = {}): JWTPayload =>
    requestClaims('bank', { response_mode: 'jwt', nbf: now(), exp: now() + 300, ...change });
  const signed = (change: Change = {}, name: keyof typeof keys = 'ES256', header: object = {}) => {
    const { privateKey, jwk, alg } = keys[name];
    return signObject({ privateKey, publicJwk: { ...jwk, alg } }, claimsOf(change), header);
  };
  const pushForm = async (fields: Record<string, string>) => {
    const assertion = await assertionOf('bank', keys.ES256, { aud: TEST_ISSUER });
    const { status, body } = await send(host.url + PAR, { body: new URLSearchParams(byAssertion(assertion, fields)) });
    return { status, error: body.error as string | undefined, requestUri: body.request_uri as string };
  };
  const push = async (request: string | Promise<string>) => pushForm({ request: await request });

  it('FAPI MS 5.3.1, 5.4.1: pushed signed, answered signed', async () => {
    const { status, requestUri } = await push(signed());
    expect(status).toBe(201);
    const { location } = await open(browser, { clientId: 'bank' }, requestUri);
    const parameters = new URL(location!).searchParams;
    expect([...parameters.keys()]).toEqual(['response']);
    const { header, claims } = await opened(host, parameters.get('response')!, 'bank');
    expect(header['alg']).toBe('ES256');
    expect(claims).toMatchObject({ code: expect.any(String), state: 'inner-state' });
  });

  it.each<[string, () => Change]>([
    ['aud as a list with the issuer', () => ({ aud: [TEST_ISSUER, 'https://other.example'] })],
    ['nbf 8 seconds ahead', () => ({ nbf: now() + 8 })],
    ['nbf 59 minutes ago', () => ({ nbf: now() - 59 * MINUTE, exp: now() + 30 })],
    ['exp 60 minutes after nbf', () => ({ exp: now() + 60 * MINUTE })],
    ['iat 8 seconds ahead', () => ({ iat: now() + 8 })],
    ['no iat and no jti', () => ({ iat: undefined, jti: undefined })],
    ['the other mode that is signed', () => ({ response_mode: 'form_post.jwt' })],
  ])('FAPI MS 5.3.1: %s is taken', async (_what, change) => {
    expect(await push(signed(change()))).toMatchObject({ status: 201 });
  });

  it.each(['PS256', 'ES256', 'Ed25519'] as const)('FAPI 5.4.1: %s is taken', async (alg) => {
    expect(await push(signed({}, alg))).toMatchObject({ status: 201 });
  });

  it.each([undefined, 'JWT', 'oauth-authz-req+jwt'])('RFC 9101 10.8: typ %s is taken', async (typ) => {
    expect(await push(signed({}, 'ES256', typ === undefined ? {} : { typ }))).toMatchObject({ status: 201 });
  });

  it.each<[string, () => Change]>([
    ['no aud', () => ({ aud: undefined })],
    ['aud of another server', () => ({ aud: 'https://other.example' })],
    ['aud of the PAR endpoint', () => ({ aud: `${TEST_ISSUER}${PAR}` })],
    ['no nbf', () => ({ nbf: undefined })],
    ['nbf 70 minutes ago', () => ({ nbf: now() - 70 * MINUTE, exp: now() + 30 })],
    ['nbf more than 60 seconds ahead', () => ({ nbf: now() + 62, exp: now() + 300 })],
    ['nbf as a text', () => ({ nbf: String(now()) as never })],
    ['no exp', () => ({ exp: undefined })],
    ['exp in the past', () => ({ nbf: now() - 300, exp: now() - 100 })],
    ['exp 70 minutes after nbf', () => ({ exp: now() + 70 * MINUTE })],
    ['exp beyond what a number holds', () => ({ exp: 1e300 })],
    ['iat more than 60 seconds ahead', () => ({ iat: now() + 62 })],
    ['the client of another', () => ({ client_id: 'other' })],
    ['iss of another', () => ({ iss: 'other' })],
    ['sub of the client', () => ({ sub: 'bank' })],
    ['request_uri inside', () => ({ request_uri: 'https://bank.example/object' })],
    ['request inside', () => ({ request: 'eyJ.e30.x' })],
  ])('FAPI MS 5.3.1: %s is refused', async (_what, change) => {
    expect(await push(signed(change()))).toMatchObject({ status: 400, error: 'invalid_request_object' });
  });

  it('FAPI 5.4.1: RS256, none, another key, an assertion, a changed signature are refused', async () => {
    const good = await signed();
    const assertion = await assertionOf('bank', keys.ES256, { aud: TEST_ISSUER, ...claimsOf() });
    for (const request of [
      await signed({}, 'RS256'),
      unsignedObject({ alg: 'none' }, claimsOf()),
      await signed({}, 'stranger'),
      assertion,
      await signed({}, 'ES256', { typ: 'dpop+jwt' }),
      `${good.slice(0, -8)}AAAAAAAA`,
      'no.jwt.at-all',
    ])
      expect(await push(request)).toMatchObject({ status: 400, error: 'invalid_request_object' });
  });

  it('FAPI MS 5.3.1: what is not signed is refused, and so is a mode that is not', async () => {
    const { nbf: _nbf, exp: _exp, iss: _iss, aud: _aud, client_id: _client, ...plain } = claimsOf();
    expect(await pushForm(plain as Record<string, string>)).toMatchObject({ status: 400, error: 'invalid_request' });
    for (const response_mode of ['query', 'form_post', undefined, 'fragment.jwt'])
      expect(await push(signed({ response_mode }))).toMatchObject({ status: 400, error: 'invalid_request' });
  });
});
