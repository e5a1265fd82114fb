import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { answer, answerIn, handleIn } from '../support/authorization.js';
import { DpopKey } from '../support/dpop.js';
import { Navigator, providerOptions, WEB } from '../support/oauth.js';
import { open, PAR, push } from '../support/pushed-requests.js';

const URL_OF_PAR = TEST_ISSUER + PAR;

describe.each(['express', 'fastify'] as const)('RFC 9449 10.1: the key of a pushed request, on %s', (adapter) => {
  let host: TestApp;
  const key = new DpopKey();
  beforeAll(async () => {
    host = await createTestApp({ adapter, auth: providerOptions({ clients: [WEB] }) });
  });
  afterAll(() => host.close());

  const proof = (change = {}) => ({ dpop: key.proof({ url: URL_OF_PAR, ...change }) });
  const rows = async () =>
    (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_authorization_request'))[0]!.n;
  async function boundTo(requestUri: string): Promise<string | null> {
    const browser = new Navigator(host);
    await browser.signUp();
    const asked = await open(browser, WEB, requestUri);
    expect(answerIn(await answer(browser, handleIn(asked), true), WEB)).toHaveProperty('code');
    const [row] = await host.sql<{ dpop_jkt: string | null }>(
      'SELECT dpop_jkt FROM auth_authorization_code ORDER BY created_at DESC LIMIT 1',
    );
    return row!.dpop_jkt;
  }

  it.each<[string, Record<string, string>, boolean]>([
    ['the proof', {}, true],
    ['dpop_jkt', { dpop_jkt: key.thumbprint }, false],
    ['both, of the same key', { dpop_jkt: key.thumbprint }, true],
  ])('RFC 9449 10.1: %s binds the code', async (_name, change, withProof) => {
    const { status, body } = await push(host, WEB, change, withProof ? proof() : {});
    expect(status).toBe(201);
    expect(await boundTo(body.request_uri)).toBe(key.thumbprint);
  });

  it('RFC 9449 10.1: without either the code is bound to nothing', async () => {
    expect(await boundTo((await push(host, WEB)).body.request_uri)).toBeNull();
  });

  it('RFC 9449 10.1: of two keys: invalid_request, and no row', async () => {
    const before = await rows();
    const { status, body } = await push(host, WEB, { dpop_jkt: new DpopKey().thumbprint }, proof());
    expect([status, body.error]).toEqual([400, 'invalid_request']);
    expect(await rows()).toBe(before);
  });

  it.each<[string, () => Record<string, string>]>([
    ['of another address', () => proof({ url: `${TEST_ISSUER}/api/auth/oauth2/token` })],
    ['of another method', () => proof({ method: 'GET' })],
    ['of an hour ago', () => proof({ claims: { iat: Math.floor(Date.now() / 1000) - 3_600 } })],
    ['that is no JWT', () => ({ dpop: 'x' })],
  ])('RFC 9449 4.3: a proof %s is invalid_dpop_proof, and no row', async (_name, headers) => {
    const before = await rows();
    const { status, body } = await push(host, WEB, {}, headers());
    expect([status, body.error]).toEqual([400, 'invalid_dpop_proof']);
    expect(await rows()).toBe(before);
  });

  it('RFC 9449 11.1: a proof is good once, and a request that is refused does not use it up', async () => {
    const once = proof();
    expect((await push(host, WEB, { response_type: 'token' }, once)).status).toBe(400);
    expect((await push(host, WEB, {}, once)).status).toBe(201);
    const again = await push(host, WEB, {}, once);
    expect([again.status, again.body.error]).toEqual([400, 'invalid_dpop_proof']);
  });
});

it('RFC 9449 8: a nonce that is needed is told, and the next one comes with the answer', async () => {
  const auth = providerOptions({ clients: [WEB] }, { dpop: { nonce: 'required' } } as never);
  const host = await createTestApp({ auth });
  try {
    const key = new DpopKey();
    const first = await push(host, WEB, {}, { dpop: key.proof({ url: URL_OF_PAR }) });
    expect([first.status, first.body.error]).toEqual([400, 'use_dpop_nonce']);
    const nonce = first.headers.get('dpop-nonce')!;
    expect((await push(host, WEB, {}, { dpop: key.proof({ url: URL_OF_PAR, nonce }) })).status).toBe(201);
    expect((await push(host, WEB)).status).toBe(201);
  } finally {
    await host.close();
  }
});
