import type { StaticClientOptions } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { answer, answerIn, ask, expectErrorPage, handleIn } from '../support/authorization.js';
import { assertionOf, byAssertion, clientKey, type ClientKey } from '../support/client-auth.js';
import { DpopKey } from '../support/dpop.js';
import { Navigator, pkce, providerOptions, WEB } from '../support/oauth.js';
import { open, PAR, push } from '../support/pushed-requests.js';

const seconds = () => Math.floor(Date.now() / 1000);

describe('FAPI 2.0 5.3.2.2: pushed requests of a client of that profile', () => {
  let host: TestApp;
  let key: ClientKey;
  const bank = (): StaticClientOptions => ({
    clientId: 'bank',
    redirectUris: ['https://bank.example/cb'],
    scopes: ['openid', 'profile'],
    tokenEndpointAuthMethod: 'private_key_jwt',
    profile: 'fapi2',
    metadata: { jwks: { keys: [key.jwk] }, id_token_signed_response_alg: 'ES256' },
  });

  beforeAll(async () => {
    key = await clientKey('ES256');
    host = await createTestApp({ auth: providerOptions({ clients: [WEB, bank()] }) });
  });
  afterAll(() => host.close());

  async function pushBy(claims: object, change: Record<string, string | undefined> = {}) {
    const proof = byAssertion(await assertionOf('bank', key, { aud: TEST_ISSUER, ...claims }));
    const dpop = new DpopKey().proof({ url: TEST_ISSUER + PAR });
    return push(host, bank(), { ...proof, ...change }, { dpop });
  }

  it('FAPI 2.0 5.3.2.2-2, -4: plain requests are refused, at the client or on the error page', async () => {
    const browser = new Navigator(host);
    await browser.signUp();
    expect(answerIn(await ask(browser, bank()), bank())).toMatchObject({ error: 'invalid_request' });
    expectErrorPage(await ask(browser, bank(), { redirect_uri: undefined }));
  });

  it('FAPI 2.0 5.3.2.2-3: a request without a proof of the client is not taken', async () => {
    const { status, body } = await push(host, bank());
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['-1 response_type code id_token', { response_type: 'code id_token' }],
    ['-5 no PKCE', { code_challenge: undefined, code_challenge_method: undefined }],
    ['-5 plain PKCE', { code_challenge: pkce().challenge, code_challenge_method: 'plain' }],
    ['-6 no redirect_uri, although one is registered', { redirect_uri: undefined, scope: 'profile' }],
    ['-6 no redirect_uri, with openid', { redirect_uri: undefined }],
    ['-6 another redirect_uri', { redirect_uri: 'https://bank.example/other' }],
    ['RFC 9126 2.1 request_uri in the form', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }],
  ])('FAPI 2.0 5.3.2.2%s: 400', async (_name, change) => {
    const { status, body } = await pushBy({}, change);
    expect(status).toBe(400);
    expect(['invalid_request', 'unsupported_response_type']).toContain(body.error);
  });

  it.each<[string, object]>([
    ['an array with this endpoint and another', { aud: [TEST_ISSUER, 'https://other.example'] }],
    ['an array of the issuer alone', { aud: [TEST_ISSUER] }],
    ['the address of this endpoint', { aud: TEST_ISSUER + PAR }],
    ['the address of the token endpoint', { aud: `${TEST_ISSUER}/api/auth/oauth2/token` }],
    ['nbf 62 seconds ahead', { nbf: seconds() + 62 }],
    ['iat 62 seconds ahead', { iat: seconds() + 62 }],
  ])('FAPI 2.0 5.3.2.1-8, -13: an assertion with %s is invalid_client', async (_name, claims) => {
    const { status, body } = await pushBy(claims);
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it('FAPI 2.0 5.3.2.1-13: nbf and iat 8 seconds ahead are taken', async () => {
    expect((await pushBy({ nbf: seconds() + 8, iat: seconds() + 8 })).status).toBe(201);
  });

  it('FAPI 2.0 5.3.2.2-12: the request_uri ends before 600 seconds, and its code comes', async () => {
    const { status, body } = await pushBy({}, { state: 's'.repeat(1_000), nonce: 'n'.repeat(64) });
    expect(status).toBe(201);
    expect(body.expires_in).toBeLessThan(600);
    const browser = new Navigator(host);
    await browser.signUp();
    const asked = await open(browser, bank(), body.request_uri);
    const { code, state, iss } = answerIn(await answer(browser, handleIn(asked), true), bank());
    expect([code, state, iss]).toEqual([expect.any(String), 's'.repeat(1_000), TEST_ISSUER]);
    expectErrorPage(await open(browser, bank(), body.request_uri));
  });

  it('FAPI 2.0 5.3.2.2-10: no redirect of it is a 307', async () => {
    const browser = new Navigator(host);
    const { body } = await pushBy({});
    const opened = await open(browser, bank(), body.request_uri);
    const byForm = await browser.post('/api/auth/oauth2/authorize', {
      client_id: 'bank',
      request_uri: body.request_uri,
    });
    expect([302, 303]).toContain(opened.status);
    expect(byForm.status).toBe(303);
  });
});
