import { SignJWT, type JWTPayload } from 'jose';
import type { TestApp } from '../support/app.js';
import { basic, exchange, Navigator, pkce } from '../support/oauth.js';
import { open, pushForm } from '../support/pushed-requests.js';
import {
  answerOf,
  clientKey,
  jarClient,
  jarHost,
  REDIRECT,
  requestClaims,
  signObject,
  unsignedObject,
  type ClientKey,
} from '../support/request-objects.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const seconds = () => Math.floor(Date.now() / 1000);

describe.each(['express', 'fastify'] as const)('RFC 9126 3: request objects that are pushed, on %s', (adapter) => {
  let host: TestApp;
  let browser: Navigator;
  let [key, other] = [null as unknown as ClientKey, null as unknown as ClientKey];
  let upstream: Upstream;
  const JAR = () => jarClient('jar', { jwks: { keys: [key.publicJwk] }, request_uris: [`${upstream.origin}/object`] });
  const STRICT = () => jarClient('strict', { jwks: { keys: [key.publicJwk] }, require_signed_request_object: true });

  beforeAll(async () => {
    [key, other] = await Promise.all([clientKey('ES256', 'e1'), clientKey('ES256', 'e1')]);
    upstream = await startUpstream();
    const elsewhere = jarClient('elsewhere', { jwks: { keys: [other.publicJwk] } });
    host = await jarHost([JAR(), STRICT(), elsewhere], {}, adapter);
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(async () => {
    await host.close();
    await upstream.close();
  });

  const rows = async () =>
    (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_authorization_request'))[0]!.n;
  const pushObject = (request: string, beside: Record<string, string> = {}, client = JAR()) =>
    pushForm(host, client, new URLSearchParams({ request, ...beside }));
  const object = (change: JWTPayload = {}, by = key, header: object = {}) =>
    signObject(by, requestClaims('jar', change), header);

  it('RFC 9126 3: the object alone is enough; what it says counts, to the code', async () => {
    const { verifier, challenge } = pkce();
    const { status, body } = await pushObject(await object({ code_challenge: challenge }));
    expect([status, body.expires_in]).toEqual([201, 60]);
    const answer = answerOf(await open(browser, JAR(), body.request_uri, { state: 'outer' }));
    expect(answer).toMatchObject({ code: expect.any(String), state: 'inner-state' });
    const redirectUris = [REDIRECT];
    expect((await exchange(host, { ...JAR(), redirectUris }, { code: answer['code']!, verifier })).status).toBe(200);
  });

  it('RFC 9126 3: client_id and what the client proves itself by may stand beside it', async () => {
    const { clientId, clientSecret } = JAR();
    expect((await pushObject(await object(), { client_id: clientId })).status).toBe(201);
    const body = new URLSearchParams({ request: await object(), client_id: clientId, client_secret: clientSecret! });
    expect((await pushForm(host, { clientId }, body)).status).toBe(201);
  });

  it.each<[string, Record<string, string>]>([
    ['state', { state: 'x' }],
    ['scope', { scope: 'openid' }],
    ['redirect_uri', { redirect_uri: REDIRECT }],
    ['response_type', { response_type: 'code' }],
    ['resource', { resource: 'https://api.example' }],
    ['dpop_jkt', { dpop_jkt: 'A'.repeat(43) }],
    ['what nobody knows', { unknown: 'x' }],
  ])('RFC 9126 3: %s beside it is refused, and no row is written', async (_name, beside) => {
    const before = await rows();
    const { status, body } = await pushObject(await object(), beside);
    expect([status, body.error]).toEqual([400, 'invalid_request']);
    expect(await rows()).toBe(before);
  });

  it.each<[string, () => Promise<string> | string]>([
    ['an object of another client, signed by it', () => signObject(other, requestClaims('elsewhere'))],
    ['client_id of another client', () => object({ client_id: 'elsewhere' })],
    ['no client_id', () => object({ client_id: undefined })],
    ["another client's key", () => object({}, other)],
    ['no signature', () => unsignedObject({ alg: 'none' }, requestClaims('jar'))],
    ['request_uri inside', () => object({ request_uri: 'https://jar.example/object' })],
    ['request_uri of ours inside', () => object({ request_uri: 'urn:ietf:params:oauth:request_uri:x' })],
    ['request inside', () => object({ request: 'a.b.c' })],
    ['exp long ago', () => object({ exp: seconds() - 120 })],
    ['nbf 62 seconds ahead', () => object({ nbf: seconds() + 62 })],
    ['another audience', () => object({ aud: 'https://other.example' })],
    ['typ of an access token', () => object({}, key, { typ: 'at+jwt' })],
    ['garbage', () => 'not.a.jwt'],
    [
      'a signature by a secret',
      () => new SignJWT(requestClaims('jar')).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32)),
    ],
  ])('RFC 9126 2.3, RFC 9101 6: %s is 400 invalid_request_object', async (_name, make) => {
    const before = await rows();
    const { status, body } = await pushObject(await make());
    expect([status, body.error]).toEqual([400, 'invalid_request_object']);
    expect(await rows()).toBe(before);
  });

  it.each<[string, JWTPayload, string]>([
    ['a redirect address that is not registered', { redirect_uri: 'https://evil.example/' }, 'invalid_request'],
    ['no redirect address', { redirect_uri: undefined }, 'invalid_request'],
    ['response_type token', { response_type: 'token' }, 'unsupported_response_type'],
    ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
  ])('RFC 9126 2.3: %s inside is told at once', async (_name, change, error) => {
    const { status, body } = await pushObject(await object(change));
    expect([status, body.error]).toEqual([400, error]);
  });

  it('RFC 9126 2.3: a client that is bound to signed objects cannot push anything else', async () => {
    const plain = new URLSearchParams({ response_type: 'code', redirect_uri: REDIRECT, scope: 'openid' });
    const { status, body } = await pushForm(host, STRICT(), plain);
    expect([status, body.error]).toEqual([400, 'invalid_request']);
    const signed = await signObject(key, requestClaims('strict'));
    expect((await pushObject(signed, {}, STRICT())).status).toBe(201);
  });

  it('RFC 9126 2.2: expires_in does not go beyond exp of the object', async () => {
    const { body: short } = await pushObject(await object({ exp: seconds() + 20 }));
    expect(short.expires_in).toBeLessThanOrEqual(20);
    expect(short.expires_in).toBeGreaterThan(10);
    expect((await pushObject(await object({ exp: seconds() + 900 }))).body.expires_in).toBe(60);
    const ending = await pushObject(await object({ exp: seconds() - 5 }));
    expect([ending.status, ending.body.expires_in]).toEqual([201, 1]);
  });

  it('RFC 9101 5.2: request_uri of the client is still fetched at authorize, never when pushed; ours never', async () => {
    const seen = () => upstream.seen.length;
    const before = seen();
    const address = `${upstream.origin}/object`;
    const { body } = await pushForm(host, JAR(), new URLSearchParams({ request_uri: address }));
    expect(body.error).toBe('invalid_request');
    await open(browser, JAR(), 'urn:ietf:params:oauth:request_uri:x');
    expect(seen()).toBe(before);
    upstream.answer({ body: await object() });
    expect(answerOf(await open(browser, JAR(), address))).toHaveProperty('code');
    expect(seen()).toBe(before + 1);
  });

  it('RFC 9126 2.1: an object is read after the client has proven itself', async () => {
    const wrong = { headers: basic('jar', 'wrong') };
    const { status, body } = await pushForm(
      host,
      { clientId: 'jar' },
      new URLSearchParams({ request: 'x' }),
      wrong.headers,
    );
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });
});
