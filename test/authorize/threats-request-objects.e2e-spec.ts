import { exportSPKI, importJWK, type CryptoKey, type JWTPayload } from 'jose';
import { createHmac } from 'node:crypto';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { Navigator } from '../support/oauth.js';
import {
  answerOf,
  ask,
  clientKey,
  hmacObject,
  jarClient,
  jarHost,
  requestClaims,
  secretClient,
  signObject,
  unsignedObject,
  type ClientKey,
} from '../support/request-objects.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

let target: Upstream;
let key: ClientKey;
let other: ClientKey;
const now = () => Math.floor(Date.now() / 1000);

beforeAll(async () => {
  target = await startUpstream();
  [key, other] = await Promise.all([clientKey('RS256', 'k'), clientKey('RS256', 'k')]);
});
afterAll(() => target.close());

describe('T060 request objects that are switched off', () => {
  let host: TestApp;
  beforeAll(async () => {
    const request_uris = [`${target.origin}/object`];
    const metadata = { jwks_uri: `${target.origin}/keys`, request_uris };
    host = await jarHost([jarClient('jar', metadata)], { requestObjects: false });
  });
  afterAll(() => host.close());

  it.each([
    ['request', 'request_not_supported', () => signObject(key, requestClaims('jar'))],
    ['request', 'request_not_supported', () => 'nonsense'],
    ['request_uri', 'request_uri_not_supported', () => `${target.origin}/object`],
    ['request_uri', 'request_uri_not_supported', () => `${target.origin}/elsewhere`],
    ['registration', 'registration_not_supported', () => '{}'],
  ])('T060 %s: %s, and nothing is fetched', async (name, error, value) => {
    const page = await ask(new Navigator(host), 'jar', { [name]: await value(), state: 'outer-state' });
    expect(answerOf(page)).toMatchObject({ error, state: 'outer-state', iss: TEST_ISSUER });
    expect(target.seen).toEqual([]);
  });
});

describe('T060 request objects that are switched on', () => {
  let host: TestApp;
  let browser: Navigator;
  let secret: string;

  beforeAll(async () => {
    const jwks = { keys: [key.publicJwk] };
    host = await jarHost([
      jarClient('jar', { jwks, request_uris: [`${target.origin}/object`] }),
      jarClient('other', { jwks: { keys: [other.publicJwk] } }),
      jarClient('keyless', {}),
    ]);
    browser = new Navigator(host);
    await browser.signUp();
    secret = await secretClient(host, 'sealed', { jwks });
  });
  afterAll(() => host.close());

  const refuse = async (request: string, error = 'invalid_request_object', clientId = 'jar') => {
    const answer = answerOf(await ask(browser, clientId, { request, state: 'outer-state' }));
    expect(answer).toMatchObject({ error, state: 'outer-state', iss: TEST_ISSUER });
    expect(answer).not.toHaveProperty('code');
    expect(target.seen).toEqual([]);
  };
  const saying = (change: JWTPayload, header?: object) => () => signObject(key, requestClaims('jar', change), header);
  const tampered = async () => {
    const [header, , signature] = (await signObject(key, requestClaims('jar'))).split('.');
    const payload = Buffer.from(JSON.stringify(requestClaims('jar', { scope: 'openid email' }))).toString('base64url');
    return `${header}.${payload}.${signature}`;
  };
  const pem = async () => exportSPKI((await importJWK(key.publicJwk, 'RS256', { extractable: true })) as CryptoKey);

  it('as a control, the good one is taken', async () => {
    const request = await signObject(key, requestClaims('jar', { exp: now() + 60, nbf: now(), iat: now(), jti: 'j' }));
    expect(answerOf(await ask(browser, 'jar', { request }))).toHaveProperty('code');
  });

  it.each<[string, () => string | Promise<string>]>([
    ['alg none', () => unsignedObject({ alg: 'none' }, requestClaims('jar'))],
    ['alg NONE', () => unsignedObject({ alg: 'NONE' }, requestClaims('jar'))],
    ['no alg', () => unsignedObject({}, requestClaims('jar'))],
    ['alg that is no text', () => unsignedObject({ alg: ['RS256'] }, requestClaims('jar'))],
    ['typ that is no text', () => unsignedObject({ alg: 'RS256', typ: 5 }, requestClaims('jar'))],
    ['RS256 without a signature', () => unsignedObject({ alg: 'RS256', kid: 'k' }, requestClaims('jar'))],
    ['the key of another client, by the same kid', () => signObject(other, requestClaims('jar'))],
    ['a kid that is not registered', saying({}, { kid: 'another' })],
    ['another payload under the signature', tampered],
    ['the public key as an HMAC secret', async () => hmacObject(await pem(), requestClaims('jar'))],
    ['its hashed secret as an HMAC key', () => hmacObject('jar-secret-0123456789-0123456789-01', requestClaims('jar'))],
    ['a key in the header', async () => signObject(other, requestClaims('jar'), { jwk: other.publicJwk })],
    ['an address of keys in the header', () => signObject(other, requestClaims('jar'), { jku: `${target.origin}/k` })],
    [
      'a certificate address in the header',
      () => signObject(other, requestClaims('jar'), { x5u: `${target.origin}/c` }),
    ],
    ['crit that is not known', saying({}, { crit: ['unheard_of'], unheard_of: 1 })],
    ['a JWE', () => 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.AAAA.AAAA'],
    ['nonsense', () => 'nonsense'],
    ['three dots', () => '...'],
  ])('T060 signature: %s is invalid_request_object', async (_, forge) => refuse(await forge()));

  it.each<[string, () => string | Promise<string>]>([
    ['typ of an access token', saying({}, { typ: 'at+jwt' })],
    ['typ of a logout token', saying({}, { typ: 'logout+jwt' })],
    ['sub that is the client: a client assertion', saying({ sub: 'jar', jti: 'j', exp: now() + 60 })],
    ['no client_id', saying({ client_id: undefined })],
    ['client_id of another client', saying({ client_id: 'other' })],
    ['client_id as a list', saying({ client_id: ['jar'] })],
    ['iss of another client', saying({ iss: 'other' })],
    ['iss that is this server', saying({ iss: TEST_ISSUER })],
    ['aud of another server', saying({ aud: 'https://as.example' })],
    ['aud that begins like ours', saying({ aud: `${TEST_ISSUER}/` })],
    ['an empty list of aud', saying({ aud: [] })],
    ['expired', saying({ exp: now() - 120 })],
    ['not yet good', saying({ nbf: now() + 120 })],
    ['exp that is no number', saying({ exp: 'never' as unknown as number })],
    ['request inside', saying({ request: 'a.b.c' })],
    ['NUL in the state', saying({ state: 'a\0' })],
    ['half a character in the state', saying({ state: '\ud800' })],
    ['half a character in the nonce', saying({ nonce: 'x\udc00', prompt: 'login' })],
    ['half a character in a parameter that is only kept', saying({ display: '\udfff', prompt: 'login' })],
    ['U+FFFD in the login_hint', saying({ login_hint: '\ufffd', prompt: 'login' })],
    ['request_uri inside', () => signObject(key, requestClaims('jar', { request_uri: `${target.origin}/object` }))],
  ])('T060 claims: %s is invalid_request_object', async (_, forge) => refuse(await forge()));

  it('T060 registration is refused inside as it is outside', async () => {
    await refuse(await saying({ registration: { client_name: 'x' } })(), 'registration_not_supported');
  });

  it('T060 a client without keys has no request objects', async () => {
    await refuse(await signObject(key, requestClaims('keyless')), 'invalid_request_object', 'keyless');
  });

  it('T060 an unknown client is told nothing and nobody is called', async () => {
    const page = await ask(browser, 'nobody', { request_uri: `${target.origin}/object` });
    expect(page.status).toBe(400);
    expect(page.location).toBeUndefined();
    expect(target.seen).toEqual([]);
  });

  it('T055 a fault of the object goes to no address that is not registered', async () => {
    const evil = { redirect_uri: 'https://evil.example/callback', request: 'nonsense' };
    expect((await ask(browser, 'jar', evil)).location).toBeUndefined();
  });

  it('T098 HS256 only by a secret that is kept as a key, and only as HS256', async () => {
    const claims = requestClaims('sealed');
    const taken = await ask(browser, 'sealed', { request: hmacObject(secret, claims) });
    expect(answerOf(taken)).toMatchObject({ code: expect.any(String) });
    await refuse(hmacObject(`${secret}x`, claims), 'invalid_request_object', 'sealed');
    await refuse(hmacObject('', claims), 'invalid_request_object', 'sealed');
    const [header, payload] = unsignedObject({ alg: 'HS512' }, claims).split('.');
    const signature = createHmac('sha512', secret).update(`${header}.${payload}`).digest('base64url');
    await refuse(`${header}.${payload}.${signature}`, 'invalid_request_object', 'sealed');
  });

  it('T098 a secret that has expired signs nothing', async () => {
    const old = await secretClient(host, 'old', {});
    await host.sql(
      `UPDATE auth_oauth_client SET secret_expires_at = now() - interval '1 second' WHERE client_id = 'old'`,
    );
    await refuse(hmacObject(old, requestClaims('old')), 'invalid_request_object', 'old');
  });
});
