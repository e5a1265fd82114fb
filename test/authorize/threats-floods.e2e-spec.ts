import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { answerIn, ask, askedForConsent, expectErrorPage, handleIn } from '../support/authorization.js';
import { send } from '../support/http.js';
import { AUTHORIZE, authorizeQuery, Navigator, pkce, providerOptions, WEB } from '../support/oauth.js';
import { sweep } from '../support/sweep.js';

/** Requests of one address that may wait, in a minute. */
const MAX_REQUESTS = 120;
const ROUTE = '/api/auth/oauth2/authorize';

const rowsOf = async (host: Pick<TestApp, 'sql'>) =>
  (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_authorization_request'))[0]!.n;
const query = (change: Record<string, string> = {}) =>
  authorizeQuery(WEB, { code_challenge: pkce().challenge, ...change });

describe.each(['express', 'fastify'] as const)('authorization requests of strangers on %s', (adapter) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: providerOptions({ clients: [WEB] }, { rateLimits: true, trustProxy: ['loopback'] }),
    });
  });
  afterAll(() => host.close());

  /** As many at once as a stranger likes. @returns how often each status was answered */
  async function flood(count: number, one: () => Promise<{ status: number }>): Promise<Record<number, number>> {
    const statuses: Record<number, number> = {};
    for (let sent = 0; sent < count; sent += 20)
      for (const { status } of await Promise.all(Array.from({ length: 20 }, one)))
        statuses[status] = (statuses[status] ?? 0) + 1;
    return statuses;
  }

  it.each<[string, string, () => Promise<{ status: number }>, number]>([
    [
      'GET by a browser',
      '192.0.2.1',
      () =>
        send(`${host.url}${ROUTE}?${query()}`, { headers: { accept: 'text/html', 'x-forwarded-for': '192.0.2.1' } }),
      302,
    ],
    [
      'GET by a script',
      '192.0.2.2',
      () =>
        send(`${host.url}${ROUTE}?${query()}`, {
          headers: { 'sec-fetch-mode': 'cors', 'x-forwarded-for': '192.0.2.2' },
        }),
      200,
    ],
    [
      'a form of another site',
      '192.0.2.3',
      () =>
        send(`${host.url}${ROUTE}`, {
          body: new URLSearchParams(query()),
          headers: { accept: 'text/html', origin: 'https://evil.test', 'x-forwarded-for': '192.0.2.3' },
        }),
      303,
    ],
    [
      'JSON, by the other name of the route',
      '192.0.2.4',
      () =>
        send(`${host.url}/api/auth/oauth/authorize`, {
          body: Object.fromEntries(new URLSearchParams(query())),
          headers: { 'x-forwarded-for': '192.0.2.4' },
        }),
      303,
    ],
  ])('F03: %s makes no more rows than the limit of its address', async (_name, _address, one, good) => {
    const before = await rowsOf(host);
    expect((await one()).status).toBe(good);
    // The minute does not end while a busy machine counts.
    await host.sql(`UPDATE auth_rate_limit SET expire = expire + 3600000 WHERE key LIKE 'authorize-address:%'`);
    const statuses = await flood(MAX_REQUESTS + 40, one);
    expect(statuses).toEqual({ [good]: MAX_REQUESTS - 1, 429: 41 });
    expect((await rowsOf(host)) - before).toBe(MAX_REQUESTS);
  });

  it('F03: who is turned away sees a page and when to come back; another address is not touched', async () => {
    const from = (address: string) => ({ accept: 'text/html', 'x-forwarded-for': address });
    const page = await send(`${host.url}${ROUTE}?${query()}`, { headers: from('192.0.2.1') });
    expect(page.status).toBe(429);
    expect(page.text).toContain('id="error"');
    expect(page.headers.get('location')).toBeNull();
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await send(`${host.url}${ROUTE}?${query()}`, { headers: from('192.0.2.9') })).status).toBe(302);
  });

  it('F03: prompt=none writes nothing, and is not counted', async () => {
    const before = await rowsOf(host);
    const headers = { accept: 'text/html', 'x-forwarded-for': '192.0.2.1' };
    const answered = await send(`${host.url}${ROUTE}?${query({ prompt: 'none' })}`, { headers });
    expect(answered.headers.get('location')).toContain('error=login_required');
    expect(await rowsOf(host)).toBe(before);
  });
});

describe('rows of authorization requests', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ auth: providerOptions({ clients: [WEB] }) });
  });
  beforeEach(() => host.sql('DELETE FROM auth_authorization_request'));
  afterAll(() => host.close());

  const row = async () =>
    (
      await host.sql<{ bytes: number; text: number; ttl: number }>(
        `SELECT pg_column_size(r.*)::int AS bytes, octet_length(r.parameters::text)::int AS text,
           extract(epoch FROM expires_at - now())::int AS ttl FROM auth_authorization_request r`,
      )
    )[0];

  it('F03: rateLimits: false lifts the limit', async () => {
    const browser = new Navigator(host);
    for (let sent = 0; sent <= MAX_REQUESTS; sent++) await ask(browser, WEB);
    expect(await rowsOf(host)).toBe(MAX_REQUESTS + 1);
  });

  it.each<[string, Record<string, string>]>([
    ['state', { state: 's'.repeat(2_048) }],
    ['nonce', { nonce: 'n'.repeat(512) }],
    ['login_hint', { login_hint: `${'a'.repeat(300)}@example.com` }],
    ['login_hint that is no e-mail and no name', { login_hint: 'x'.repeat(2_048) }],
    ['display', { display: 'x'.repeat(2_048) }],
    ['ui_locales', { ui_locales: Array.from({ length: 20 }, (_, i) => `de-${'x'.repeat(90)}${i}`).join(' ') }],
    [
      'acr_values',
      { acr_values: ['0', ...Array.from({ length: 19 }, (_, i) => `urn:${'x'.repeat(90)}${i}`)].join(' ') },
    ],
    ['claims', { claims: JSON.stringify({ id_token: { name: { values: ['x'.repeat(1_900)] } } }) }],
    ['id_token sub', { claims: JSON.stringify({ id_token: { sub: { value: 'x'.repeat(1_000) } } }) }],
    ['what nobody knows', { unknown: 'x'.repeat(5_000), claims_locales: 'x'.repeat(5_000) }],
  ])('F03: with the longest %s a row has at most 4 KB', async (_name, change) => {
    handleIn(await ask(new Navigator(host), WEB, change));
    const { bytes, text } = (await row())!;
    expect(text).toBeLessThanOrEqual('state' in change ? 4_096 : 2_600);
    expect(bytes).toBeLessThanOrEqual(4_096);
    expect(text).toBeLessThanOrEqual(4_096);
  });

  it.each<[string, Record<string, string>]>([
    ['a state of more than 2 KB', { state: 's'.repeat(2_049) }],
    ['a nonce of more than 512 bytes', { nonce: 'n'.repeat(513) }],
    ['a login_hint of more than 2 KB', { login_hint: 'x'.repeat(2_049) }],
    ['a display of more than 2 KB', { display: 'x'.repeat(2_049) }],
    ['claims of more than 2 KB', { claims: JSON.stringify({ id_token: { a: { value: 'x'.repeat(2_048) } } }) }],
    ['claims whose numbers grow when they are stored', { claims: '{"id_token":{"a":{"values":[1e308,1e-300]}}}' }],
    ['21 locales', { ui_locales: Array.from({ length: 21 }, (_, i) => `l${i}`).join(' ') }],
    [
      'each of them as long as it may be',
      {
        state: 's'.repeat(2_048),
        nonce: 'n'.repeat(512),
        claims: JSON.stringify({ id_token: { name: { values: ['x'.repeat(1_900)] } } }),
      },
    ],
  ])('F03: %s: told to the client, and no row', async (_name, change) => {
    expect(answerIn(await ask(new Navigator(host), WEB, change), WEB)).toMatchObject({
      error: 'invalid_request',
      iss: TEST_ISSUER,
    });
    expect(await row()).toBeUndefined();
  });

  it('F03: before sign-in a request waits for 30 minutes; who is asked for consent has the whole time', async () => {
    const stranger = new Navigator(host);
    await ask(stranger, WEB);
    expect((await row())!.ttl).toBeLessThanOrEqual(1_800);
    await host.sql('DELETE FROM auth_authorization_request');
    const handle = handleIn(await ask(stranger, WEB));
    await stranger.signUp();
    await stranger.get(`/api/auth/oauth2/continue?request=${handle}`);
    expect((await row())!.ttl).toBeGreaterThan(3_500);
    await host.sql('DELETE FROM auth_authorization_request');
    await askedForConsent(stranger, WEB);
    expect((await row())!.ttl).toBeGreaterThan(3_500);
  });

  it('F03: a request that nobody has answered goes at its end; one that was answered stays a day', async () => {
    const browser = new Navigator(host);
    await browser.signUp();
    const handle = await askedForConsent(browser, WEB);
    await ask(new Navigator(host), WEB);
    await browser.post('/api/auth/oauth2/consent', { consent_code: handle, accept: 'false' });
    await host.sql(`UPDATE auth_authorization_request SET expires_at = now() - interval '1 second'`);
    await sweep(host);
    expect(await host.sql('SELECT answered_at IS NOT NULL AS answered FROM auth_authorization_request')).toEqual([
      { answered: true },
    ]);
    expectErrorPage(await browser.get(`${AUTHORIZE.replace('authorize', 'continue')}?request=${handle}`));
  });
});
