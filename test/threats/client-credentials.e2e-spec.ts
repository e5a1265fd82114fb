import { jest } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import type { TestApp } from '../support/app.js';
import {
  age,
  failureOf,
  forgiveFailure,
  outboundHost,
  outboundTo,
  tokenOf,
  UPSTREAM_SECRET,
} from '../support/outbound.js';
import { until } from '../support/until.js';
import { granted, startUpstream, tokenBody, type Behaviour, type Upstream } from '../support/upstream.js';

/** Appears in every bad answer of the upstream; must appear nowhere of ours. */
const MARK = 'BODY-OF-THE-UPSTREAM';

const FAULTS: [name: string, failure: string, behaviour: Behaviour][] = [
  ['429', 'http_429', { status: 429, body: { message: MARK } }],
  ['an OAuth error', 'invalid_client', { status: 401, body: { error: 'invalid_client', error_description: MARK } }],
  ['500 with a page', 'http_500', { status: 500, body: `<html>${MARK}</html>` }],
  ['503 with our secret as its error', 'http_503', { status: 503, body: { error: UPSTREAM_SECRET, detail: MARK } }],
  ['an error code with line breaks', 'http_400', { status: 400, body: { error: `invalid\r\n${MARK}` } }],
  ['a redirect', 'http_302', { status: 302, headers: { location: '/elsewhere' }, body: MARK }],
  ['no answer', 'timeout', () => undefined],
  ['an answer that never ends', 'timeout', (_, response) => void response.write('{"access_token":')],
  ['a reset connection', 'unreachable', (_, response) => void response.destroy()],
  ['no HTTP', 'malformed_answer', (_, response) => void response.socket!.end(`${MARK}\r\n\r\n`)],
  ['no JSON', 'malformed_answer', { body: MARK }],
  ['JSON that is no object', 'malformed_answer', { body: [MARK] }],
  ['a huge body', 'answer_too_large', { body: { ...tokenBody(), padding: MARK.repeat(5_000) } }],
  [
    'a compressed body',
    'malformed_answer',
    (_, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync(JSON.stringify(tokenBody())));
    },
  ],
  ['no access_token', 'malformed_answer', { body: { ...tokenBody(), access_token: undefined } }],
  ['a token that splits a header', 'malformed_answer', granted({ access_token: `${MARK}\r\nx: y` })],
  ['a token type that is no Bearer', 'malformed_answer', granted({ token_type: 'DPoP' })],
  ['a scope that is no text', 'malformed_answer', granted({ scope: [MARK] })],
  ['no expires_in', 'malformed_answer', granted({ expires_in: undefined })],
  ['a negative lifetime', 'malformed_answer', granted({ expires_in: -1 })],
  ['a lifetime of 0', 'malformed_answer', granted({ expires_in: 0 })],
  ['a lifetime that is no number', 'malformed_answer', granted({ expires_in: MARK })],
  [
    'an infinite lifetime',
    'malformed_answer',
    (_, response) =>
      void response.end(JSON.stringify(tokenBody({ expires_in: 1 })).replace('"expires_in":1', '"expires_in":1e999')),
  ],
  ['a lifetime of 60 seconds', 'lifetime_too_short', granted({ expires_in: 60 })],
];
const NAMES = FAULTS.map(([name]) => name);

describe('outbound tokens', () => {
  let upstream: Upstream;
  let hosts: TestApp[];
  const logged: string[] = [];
  const here = () => hosts[0]!;

  beforeAll(async () => {
    upstream = await startUpstream();
    const names = [
      ...NAMES,
      'herd',
      'failing herd',
      'crash',
      'retry',
      'outage',
      'early',
      'expiry',
      'memory',
      'sealed',
      'huge lifetime',
    ];
    const first = await outboundHost(outboundTo(upstream, names), { poolSize: 1 });
    hosts = [first, await outboundHost(outboundTo(upstream, names), { databaseUrl: first.databaseUrl })];
    const keep = (...texts: unknown[]) => void logged.push(texts.map(String).join(' '));
    here().app.useLogger({ log: keep, error: keep, warn: keep, debug: keep, verbose: keep, fatal: keep });
  });
  afterAll(async () => {
    for (const host of hosts.toReversed()) await host.close();
    await upstream.close();
  });
  beforeEach(() => {
    upstream.answer(granted());
    upstream.seen.length = 0;
  });
  const everywhere = <T>(count: number, call: (host: TestApp) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => call(hosts[index % 2]!)));

  it('T108 100 callers of two applications at one expiry: one request, the same token for all', async () => {
    const old = await tokenOf(here(), 'herd');
    await age(here(), 'herd', 59);
    const tokens = await everywhere(100, (host) => tokenOf(host, 'herd'));
    expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(tokens[0]!.accessToken).not.toBe(old.accessToken);
    expect(upstream.seen).toHaveLength(2);
  });

  it('T108 a failure is shared: 100 callers, one request, one answer', async () => {
    upstream.answer({ status: 500, body: MARK });
    const failures = await everywhere(100, (host) => failureOf(host, 'failing herd'));
    expect(new Set(failures.map(({ code, status }) => `${status} ${code}`))).toEqual(
      new Set(['502 TOKEN_REQUEST_FAILED']),
    );
    expect(upstream.seen).toHaveLength(1);
  });

  it('T108 no database connection is held during the request, and a lease whose holder died runs out', async () => {
    upstream.answer(() => undefined);
    const waiting = failureOf(here(), 'crash');
    await until('the request has arrived', () => upstream.seen.length === 1);
    // The pool of this application has one connection.
    const [row] = await here().sql<{ lease_id: string }>(
      `SELECT lease_id FROM auth_client_credential WHERE application_name = 'crash' AND lease_expires_at > now()`,
    );
    expect(row!.lease_id).toMatch(/-/);
    // As if the holder had died: nobody will ever answer for this lease.
    const abandoned = crypto.randomUUID();
    await here().sql(`UPDATE auth_client_credential SET lease_id = $1 WHERE application_name = 'crash'`, [abandoned]);
    upstream.answer(granted());
    const taken = tokenOf(hosts[1]!, 'crash');
    await here().sql(
      `UPDATE auth_client_credential SET lease_expires_at = now() + interval '300 milliseconds' WHERE lease_id = $1`,
      [abandoned],
    );
    expect((await taken).accessToken).toMatch(/^upstream-token/);
    // The former holder has lost; what it brings home is not kept, and it gets the token of the other.
    await expect(waiting).rejects.toThrow('no AuthError');
    expect(upstream.seen).toHaveLength(2);
  });

  it.each(FAULTS)(
    'T109 %s: 502 %s, and nothing of the answer or the secret in error, log and row',
    async (name, failure, behaviour) => {
      upstream.answer(behaviour);
      const error = await failureOf(here(), name);
      expect(error).toMatchObject({ status: 502, code: 'TOKEN_REQUEST_FAILED', details: { upstreamError: failure } });
      const [row] = await here().sql(`SELECT * FROM auth_client_credential WHERE application_name = $1`, [name]);
      const ours = JSON.stringify([error, error.message, error.stack, error.detail, String(error.cause), row, logged]);
      expect(ours).not.toContain(MARK);
      expect(ours).not.toContain(UPSTREAM_SECRET);
      expect(ours).toContain(failure);
      expect(upstream.seen).toHaveLength(1);
      upstream.answer(granted());
      await forgiveFailure(here(), name);
      expect((await tokenOf(here(), name)).scope).toBe('read write');
    },
  );

  it('T109 a huge lifetime counts as a day', async () => {
    upstream.answer(granted({ expires_in: 9e15 }));
    const { accessTokenExpiresAt, updatedAt } = await tokenOf(here(), 'huge lifetime');
    expect(Math.round((accessTokenExpiresAt.getTime() - updatedAt.getTime()) / 60_000)).toBe(1440);
  });

  it.each(['120', () => new Date(Date.now() + 120_000).toUTCString()])(
    'T109 Retry-After %s is honoured and passed on',
    async (value) => {
      const retryAfter = typeof value === 'string' ? value : value();
      await here().sql(`DELETE FROM auth_client_credential WHERE application_name = 'retry'`);
      upstream.answer({ status: 429, headers: { 'retry-after': retryAfter }, body: {} });
      const { retryAfterSeconds } = await failureOf(here(), 'retry');
      expect(retryAfterSeconds).toBeGreaterThan(110);
      expect(retryAfterSeconds).toBeLessThanOrEqual(121);
      upstream.answer(granted());
      await here().sql(
        `UPDATE auth_client_credential SET failed_until = failed_until - interval '60 seconds' WHERE application_name = 'retry'`,
      );
      expect((await failureOf(hosts[1]!, 'retry')).retryAfterSeconds).toBeLessThanOrEqual(61);
      expect(upstream.seen).toHaveLength(1);
      await here().sql(
        `UPDATE auth_client_credential SET failed_until = failed_until - interval '60 seconds' WHERE application_name = 'retry'`,
      );
      expect((await tokenOf(hosts[1]!, 'retry')).accessToken).toMatch(/^upstream-token/);
    },
  );

  it('T109 a valid cached token outlives an outage, until 60 seconds are left', async () => {
    const cached = await tokenOf(here(), 'outage');
    upstream.answer({ status: 503, body: {} });
    await age(here(), 'outage', 90);
    expect((await tokenOf(here(), 'outage')).accessToken).toBe(cached.accessToken);
    await until('the early refresh has failed', async () => {
      const [row] = await here().sql<{ failure: string }>(
        `SELECT failure FROM auth_client_credential WHERE application_name = 'outage'`,
      );
      return row!.failure === 'http_503';
    });
    for (const host of hosts) expect((await tokenOf(host, 'outage')).accessToken).toBe(cached.accessToken);
    expect(upstream.seen).toHaveLength(2);
    await age(here(), 'outage', 59);
    expect(await failureOf(here(), 'outage')).toMatchObject({ status: 502 });
  });

  it('T109 near its end a token that is asked for is refreshed in the background, once', async () => {
    const cached = await tokenOf(here(), 'early');
    await age(here(), 'early', 90);
    const served = await everywhere(50, (host) => tokenOf(host, 'early'));
    expect(served.filter(({ accessToken }) => accessToken === cached.accessToken).length).toBeGreaterThan(0);
    await until('it was refreshed', async () => (await tokenOf(here(), 'early')).accessToken !== cached.accessToken);
    expect(upstream.seen).toHaveLength(2);
  });

  it.each([60, 59, 0, -100])(
    'T110 with %s seconds left by the database clock it is not handed out',
    async (seconds) => {
      const cached = await tokenOf(here(), 'expiry');
      await age(here(), 'expiry', seconds);
      const next = await tokenOf(here(), 'expiry');
      expect(next.accessToken).not.toBe(cached.accessToken);
      const [row] = await here().sql<{ good: boolean }>(
        `SELECT expires_at > now() + interval '60 seconds' AS good FROM auth_client_credential WHERE application_name = 'expiry'`,
      );
      expect(row!.good).toBe(true);
    },
  );

  it('T110 nor from memory', async () => {
    const names = ['memory'];
    const host = await outboundHost(outboundTo(upstream, names), { auth: { cacheTtl: '60s' } });
    const now = Date.now;
    try {
      upstream.answer(granted({ expires_in: 90 }));
      const cached = await tokenOf(host, 'memory');
      await age(host, 'memory', 3_000);
      expect((await tokenOf(host, 'memory')).accessToken).toBe(cached.accessToken);
      await age(host, 'memory', 20);
      jest.spyOn(Date, 'now').mockImplementation(() => now() + 31_000);
      expect((await tokenOf(host, 'memory')).accessToken).not.toBe(cached.accessToken);
    } finally {
      jest.restoreAllMocks();
      await host.close();
    }
  });

  it.each([
    ['scope', { scope: ['read'] }, {}],
    ['parameters', { parameters: { resource: 'https://api.example.com' } }, {}],
    ['client', {}, { clientId: 'another' }],
    ['secret', {}, { clientSecret: 'another-secret' }],
    ['endpoint', {}, { tokenEndpoint: '/tenant-2/token' }],
  ])('T110 after a change of %s the token of before is not handed out', async (_, application, provider) => {
    const cached = await tokenOf(here(), 'expiry');
    const options = outboundTo(upstream, ['expiry'], provider);
    Object.assign(options.applications!['expiry']!, application);
    const entry = options.providers!['upstream'] as { tokenEndpoint: string };
    if (entry.tokenEndpoint.startsWith('/')) entry.tokenEndpoint = upstream.origin + entry.tokenEndpoint;
    const changed = await outboundHost(options, { databaseUrl: here().databaseUrl });
    const before = upstream.seen.length;
    expect((await tokenOf(changed, 'expiry')).accessToken).not.toBe(cached.accessToken);
    expect(upstream.seen).toHaveLength(before + 1);
    await changed.close();
    expect((await tokenOf(here(), 'expiry')).accessToken).toBe(cached.accessToken);
  });

  it('T110 stored encrypted, and bound to its row', async () => {
    const { accessToken } = await tokenOf(here(), 'sealed');
    const [row] = await here().sql<{ text: string }>(
      `SELECT encode(access_token, 'escape') || encode(configuration, 'escape') AS text FROM auth_client_credential WHERE application_name = 'sealed'`,
    );
    expect(row!.text).not.toContain(accessToken);
    expect(row!.text).not.toContain(UPSTREAM_SECRET);
    const stolen = await tokenOf(here(), 'herd');
    await here().sql(
      `UPDATE auth_client_credential SET access_token = (SELECT access_token FROM auth_client_credential WHERE application_name = 'herd')
       WHERE application_name = 'sealed'`,
    );
    const next = await tokenOf(here(), 'sealed');
    expect([stolen.accessToken, accessToken]).not.toContain(next.accessToken);
  });
});
