import { IntrospectionEndpoint } from '../support/introspection-endpoint.js';
import { send } from '../support/http.js';
import { API, createResourceServer, type ResourceServer } from '../support/resource-server.js';

const ISSUER = 'https://login.example.com';
const SECRET = 'a secret: with/special chars';
const endpoint = await new IntrospectionEndpoint().start();
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const live = (more: object = {}) => ({
  active: true,
  iss: ISSUER,
  sub: 'ann',
  aud: API,
  client_id: 'shop',
  scope: 'reports:read',
  token_type: 'Bearer',
  exp: inSeconds(300),
  ...more,
});

describe('RFC 7662: opaque tokens', () => {
  let host: ResourceServer;
  let count = 0;
  beforeAll(async () => {
    const introspection = { endpoint: endpoint.url, clientId: 'api id', clientSecret: SECRET };
    host = await createResourceServer({
      issuers: [{ issuer: ISSUER, introspection, roles: 'groups' }],
      audience: API,
      allowPrivateNetwork: true,
    });
  });
  beforeEach(() => Object.assign(endpoint, { calls: [], status: 200, answer: () => live(), until: Promise.resolve() }));
  afterAll(async () => {
    await host.close();
    await endpoint.stop();
  });

  const fresh = () => `opaque-token-${count++}`;
  const get = (bearer: string, path = 'me') => send(`${host.url}/api/${path}`, { bearer });

  it('2.1: asks by POST with the hint, and proves itself by HTTP Basic (RFC 6749 2.3.1)', async () => {
    const token = fresh();
    endpoint.answer = () => live({ groups: ['owner'], jti: 'j-1' });
    const answer = await get(token);
    expect(answer.body).toMatchObject({
      subjectId: `${ISSUER}|ann`,
      clientId: 'shop',
      scopes: ['reports:read'],
      roles: ['owner'],
      credentialType: 'external_token',
      credentialId: 'j-1',
    });
    const [{ headers, form }] = endpoint.calls as [(typeof endpoint.calls)[0]];
    expect(form).toEqual({ token, token_type_hint: 'access_token' });
    const [id, secret] = Buffer.from(headers.authorization!.slice(6), 'base64').toString().split(':');
    expect([id, secret].map((part) => new URLSearchParams(`x=${part}`).get('x'))).toEqual(['api id', SECRET]);
    expect(answer.text).not.toContain(token);
  });

  it('4: an answer is kept, and a hundred callers with one token ask once', async () => {
    const token = fresh();
    const answers = await Promise.all(Array.from({ length: 100 }, () => get(token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await get(token, 'scoped')).status).toBe(200);
    expect(endpoint.calls).toHaveLength(1);
  });

  it('4: an answer is not kept beyond the expiry of its token', async () => {
    const token = fresh();
    endpoint.answer = () => live({ exp: inSeconds(1) });
    expect((await get(token)).status).toBe(200);
    endpoint.answer = () => ({ active: false });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await get(token)).status).toBe(401);
  });

  it('2.2: active false is 401, and is not asked about again at once', async () => {
    const token = fresh();
    endpoint.answer = () => ({ active: false });
    for (const _ of [1, 2, 3]) expect((await get(token)).body).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(endpoint.calls).toHaveLength(1);
  });

  it.each<[string, object]>([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another audience', { aud: 'https://elsewhere.example' }],
    ['without an audience', { aud: undefined }],
    ['that has expired', { exp: inSeconds(-60) }],
    ['with an expiry that is no time', { exp: 'tomorrow' }],
    ['that is not good yet', { nbf: inSeconds(600) }],
    ['without subject and client', { sub: undefined, client_id: undefined }],
    ['that is a refresh token: without token_type', { token_type: undefined }],
    ['with a token_type that is no text', { token_type: { toString: 1, valueOf: 1 } }],
    ['bound to a key (RFC 9449 7.1)', { token_type: 'DPoP' }],
    ['bound to a certificate (RFC 8705 3)', { cnf: { 'x5t#S256': 'x' } }],
    ['that is an ID token', { token_use: 'id' }],
  ])('401 an active token %s', async (_name, change) => {
    endpoint.answer = () => live(change);
    expect((await get(fresh())).status).toBe(401);
  });

  it.each<[string, number, unknown]>([
    ['an error', 500, {}],
    ['401, since our secret is wrong', 401, { error: 'invalid_client' }],
    ['a redirect', 302, ''],
    ['no JSON', 200, '<html>'],
    ['a list', 200, [{ active: true }]],
    ['null', 200, 'null'],
    ['nothing about active', 200, { sub: 'ann' }],
    ['active as a text', 200, { ...live(), active: 'true' }],
    ['more than it may', 200, { ...live(), filler: 'x'.repeat(100_000) }],
  ])('503 when it answers with %s: nobody is let in, and nothing is kept', async (_name, status, answer) => {
    const token = fresh();
    Object.assign(endpoint, { status, answer: () => answer });
    const refused = await get(token);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect(refused.text).not.toContain(SECRET);
    Object.assign(endpoint, { status: 200, answer: () => live() });
    expect((await get(token)).status).toBe(200);
  });

  it('503 at once for the rest of a flood of made-up tokens: at most 64 questions are under way', async () => {
    let answerAll = () => {};
    endpoint.until = new Promise<void>((resolve) => (answerAll = resolve));
    const first = Array.from({ length: 64 }, () => get(fresh()));
    while (endpoint.calls.length < 64) await new Promise((resolve) => setTimeout(resolve, 5));
    const more = await Promise.all(Array.from({ length: 10 }, () => get(fresh())));
    expect(new Set(more.map(({ status }) => status))).toEqual(new Set([503]));
    expect(endpoint.calls).toHaveLength(64);
    answerAll();
    await Promise.all(first);
    expect((await get(fresh())).status).toBe(200);
  });

  it('a JWT of an issuer that nobody trusts is not shown to the endpoint', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const foreign = `${part({ alg: 'none' })}.${part({ iss: 'https://evil.example' })}.x`;
    expect((await get(foreign)).status).toBe(401);
    expect(endpoint.calls).toEqual([]);
  });
});
