import type { TestApp } from '../support/app.js';
import { failureOf, forgiveFailure, outboundHost, outboundTo, tokenOf } from '../support/outbound.js';
import { startUpstream, tokenBody, type Upstream } from '../support/upstream.js';

const ODD: [name: string, members: Record<string, unknown>, scope: string][] = [
  ['no token_type', { token_type: undefined }, 'read write'],
  ['token_type null', { token_type: null }, 'read write'],
  ['BearerToken', { token_type: 'BearerToken' }, 'read write'],
  ['a list of scopes', { scope: ['read', 'admin'] }, 'read admin'],
  ['scope null', { scope: null }, 'read write'],
  ['expires_in as a text', { expires_in: '3600' }, 'read write'],
  ['refresh_token null', { refresh_token: null }, 'read write'],
  ['a scope that cannot be read', { scope: 5 }, 'read write'],
];

describe('F25 odd answers to our own token requests (RFC 6749 5.1)', () => {
  let upstream: Upstream;
  let host: TestApp;
  const said: string[] = [];

  beforeAll(async () => {
    upstream = await startUpstream();
    const names = [...ODD.map(([name]) => name), 'no', 'form', 'typeless', 'nested'];
    host = await outboundHost({
      ...outboundTo(upstream, names),
      normaliseTokenAnswer: (provider, { data, ...answer }) =>
        provider === 'upstream' && data ? { ...answer, ...(data as object) } : answer,
    });
    const keep = (text: string) => void said.push(text);
    host.app.useLogger({ log: () => undefined, debug: () => undefined, error: keep, warn: keep });
  });
  afterAll(async () => {
    await host.close();
    await upstream.close();
  });
  beforeEach(() => void (said.length = 0));

  it.each(ODD)('F25 %s: a token', async (name, members, scope) => {
    upstream.answer({ body: tokenBody(members) });
    expect((await tokenOf(host, name)).scope).toBe(scope);
    if (members['scope'] === 5)
      expect(said).toEqual(['provider "upstream": "scope" of its token answer cannot be read']);
    else expect(said).toEqual([]);
  });

  it('F25 a form with status 201: a token', async () => {
    const text = 'access_token=from-a-form&expires_in=3600';
    upstream.answer({ status: 201, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: text });
    expect((await tokenOf(host, 'form')).accessToken).toBe('from-a-form');
  });

  it('F25 a no with 200 is told by its code', async () => {
    upstream.answer({ body: { error: 'invalid_client', error_description: 'hidden' } });
    expect((await failureOf(host, 'no')).details).toEqual({ upstreamError: 'invalid_client' });
  });

  it('F25 a WARN names provider and member where the answer is of no use', async () => {
    upstream.answer({ body: tokenBody({ token_type: 'mac' }) });
    expect((await failureOf(host, 'typeless')).details).toEqual({ upstreamError: 'malformed_answer' });
    expect(said).toContain('provider "upstream": "token_type" of its token answer cannot be read');
    upstream.answer({ body: tokenBody({ expires_in: undefined }) });
    await forgiveFailure(host, 'typeless');
    await failureOf(host, 'typeless');
    expect(said).toContain('provider "upstream": "expires_in" of its token answer is missing or not usable');
  });

  it('F25 normaliseTokenAnswer makes of an answer what it means', async () => {
    upstream.answer({ body: { data: tokenBody({ access_token: 'inner' }) } });
    expect((await tokenOf(host, 'nested')).accessToken).toBe('inner');
  });
});
