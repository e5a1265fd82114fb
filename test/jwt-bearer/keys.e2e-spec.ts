import { jest } from '@jest/globals';
import type { TestApp } from '../support/app.js';
import { AssertionIssuer, createAssertionHost, linkAccount, outcome, present } from '../support/assertions.js';
import { clientKey } from '../support/client-auth.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import { keepLogs } from '../support/logs.js';
import { signUp } from '../support/users.js';

const MINUTE = 60_000;

describe('keys of issuers of assertions (RFC 7517)', () => {
  let host: TestApp;
  const named = ['idp', 'dead', 'hangs', 'lies', 'broken', 'huge', 'several', 'rsa'] as const;
  const at = Object.fromEntries(named.map((name) => [name, new AssertionIssuer()])) as Record<
    (typeof named)[number],
    AssertionIssuer
  >;
  const given = new AssertionIssuer();

  beforeAll(async () => {
    await Promise.all([...Object.values(at), given].map((one) => one.start()));
    await at.rsa.rotate('RS256', 'k1');
    const list = Object.values(at).map(({ url }) => ({ issuer: url, type: 'id-jag' as const, algorithms: ['ES256'] }));
    host = await createAssertionHost([
      ...list,
      { issuer: given.url, type: 'id-jag', algorithms: ['ES256'], jwks: { keys: [given.key.jwk] } },
    ]);
    const { id } = await signUp(host.url);
    for (const { url } of [...Object.values(at), given]) await linkAccount(host, id, url);
    const { lies, broken, huge } = at;
    lies.outside.answer = () => ({
      body: JSON.stringify({ issuer: 'https://evil.example', jwks_uri: `${at.idp.url}/keys` }),
    });
    broken.outside.answer = () => ({ status: 500, body: 'no' });
    huge.outside.answer = () => ({ body: 'x'.repeat(1_000_000) });
    await at.dead.stop();
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(async () => {
    await host.close();
    await Promise.all([...Object.values(at), given].map((one) => one.stop().catch(() => undefined)));
  });

  const use = async (issuer: AssertionIssuer, ...[claims, header, key]: Parameters<AssertionIssuer['idJag']>) =>
    outcome(await present(host, await issuer.idJag(claims, header, key)));
  const later = (milliseconds: number) => {
    const began = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => began + milliseconds);
  };

  it('RFC 7523 3 (I12): keys by discovery, fetched once; given keys are not asked for', async () => {
    expect([await use(at.idp), await use(at.idp)]).toEqual(['200 read write', '200 read write']);
    expect(at.idp.outside.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
    expect([await use(given), given.outside.requests]).toEqual(['200 read write', []]);
  });

  it('RFC 7517 4.5 (I12): a key that they have changed to works after the cooldown, and the old one no more', async () => {
    const old = at.several.key;
    expect(await use(at.several)).toBe('200 read write');
    await at.several.rotate('ES256', 'k2');
    later(MINUTE);
    expect(await use(at.several)).toBe('200 read write');
    expect(await use(at.several, {}, {}, old)).toBe('400 invalid_grant');
  });

  it.each(['dead', 'lies', 'broken', 'huge'] as const)(
    'T196 RFC 7523 3.1 (I12): keys that cannot be had (%s) are invalid_grant, as with assertions of clients',
    async (name) => expect(await use(at[name])).toBe('400 invalid_grant'),
  );

  it('T052 RFC 7523 3 (I12): two hundred unknown keys make one request, and good assertions go on', async () => {
    const before = at.idp.outside.requests.length;
    later(MINUTE);
    const jags = await Promise.all(Array.from({ length: 200 }, (_, index) => at.idp.idJag({}, { kid: `k-${index}` })));
    const outcomes = await Promise.all(jags.map(async (jag) => outcome(await present(host, jag))));
    expect(new Set(outcomes)).toEqual(new Set(['400 invalid_grant']));
    expect(at.idp.outside.requests.length - before).toBeLessThanOrEqual(2);
    expect(await use(at.idp)).toBe('200 read write');
  });

  it('T191 RFC 8725 3.1 (I24): an algorithm that is not listed, though the key set has a key of it', async () => {
    expect(await use(at.rsa)).toBe('400 invalid_grant');
  });

  it('T191 RFC 7523 3 (I12): who is not trusted costs no request, whatever address they name', async () => {
    const stranger = await new OutsideIssuer().start();
    const key = await clientKey('ES256', 'k1');
    stranger.keys = [key.jwk];
    const claims = { iss: stranger.url };
    expect(
      await use(at.idp, claims, { jku: `${stranger.url}/keys`, x5u: `${stranger.url}/x`, jwk: key.jwk }, key),
    ).toBe('400 invalid_grant');
    expect(await use(at.idp, {}, { jku: `${stranger.url}/keys`, jwk: key.jwk }, key)).toBe('400 invalid_grant');
    expect(stranger.requests).toEqual([]);
    await stranger.stop();
  });

  it('T196 EMA 7.4.2 (I31): no assertion in a log, whatever comes of it, nor in an address', async () => {
    const kept = keepLogs(host);
    const debug: string[] = [];
    host.app.useLogger({ log: push, warn: push, error: push, debug: push, verbose: push });
    function push(...parts: unknown[]) {
      debug.push(parts.map(String).join(' '));
    }
    const jags = await Promise.all([
      at.idp.idJag(),
      at.dead.idJag(),
      at.idp.idJag({ aud: 'x' }),
      at.idp.idJag({}, { kid: 'no' }),
    ]);
    for (const jag of jags) await present(host, jag);
    await present(host, `${jags[0]}.x`);
    await fetch(`${host.url}/api/auth/oauth2/token?assertion=${jags[0]}`, { method: 'POST' });
    const text = [...debug, ...kept.map((one) => one.text)].join('\n');
    for (const jag of jags) for (const part of jag.split('.')) expect(text.includes(part)).toBe(false);
    host.app.useLogger(false);
  });
});
