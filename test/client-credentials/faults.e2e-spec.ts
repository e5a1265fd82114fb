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
  ['a scope that is none', 'malformed_answer', granted({ scope: [`"${MARK}`] })],
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

describe('outbound tokens, when the provider misbehaves', () => {
  let upstream: Upstream;
  let hosts: TestApp[];
  const logged: string[] = [];
  const here = () => hosts[0]!;

  beforeAll(async () => {
    upstream = await startUpstream();
    const names = [...NAMES, 'retry', 'outage', 'huge lifetime'];
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

  it.each(['seconds', 'date'])('T109 Retry-After as %s is honoured and passed on', async (form) => {
    const retryAfter = form === 'seconds' ? '120' : new Date(Date.now() + 120_000).toUTCString();
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
  });

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
});
