import { jest } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { CredentialCache } from '../cache/credential-cache.js';
import { AuthError } from '../errors/auth-error.js';
import type { RequestContext } from '../ports/auth-context.js';
import { createPrincipal } from '../principal/auth-principal.js';
import { CredentialWatch } from './credential-watch.js';

const TTL = 5_000;
const CONTEXT = { headers: {}, address: () => null, principal: null } as RequestContext;
const CREDENTIAL = { subjectId: 's', scheme: 'bearer', credentialType: 'external_token' };

describe('watch of credentials whose end nobody tells', () => {
  let cache: CredentialCache;
  let watch: CredentialWatch;
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
    cache = new CredentialCache(TTL, 100);
    watch = new CredentialWatch(cache, null, TTL);
  });
  afterEach(() => {
    watch.onApplicationShutdown();
    jest.useRealTimers();
  });

  const pass = async (milliseconds: number) => {
    await jest.advanceTimersByTimeAsync(milliseconds);
    for (let count = 0; count < 20; count++) await turn();
  };
  /** A token, and what its issuer says of it. */
  async function open(id: string, maxCacheMilliseconds: number) {
    const token = { verified: 0, asked: 0, fault: null as AuthError | null, ended: [] as number[] };
    const load = async () => {
      token.asked++;
      if (token.fault) throw token.fault;
      const principal = createPrincipal({ ...CREDENTIAL, credentialId: id });
      return { principal, tags: [], remainingMilliseconds: Number.POSITIVE_INFINITY, maxCacheMilliseconds };
    };
    const verify = async () => {
      token.verified++;
      return (await cache.getOrLoad(id, load))!.principal;
    };
    const ended = ({ status }: AuthError) => void token.ended.push(status);
    watch.watch(await verify(), { context: CONTEXT, verify, ended });
    await pass(0);
    return token;
  }

  it.each([0, 1_000])('verified again after %i ms, it stays while it is good', async (kept) => {
    const token = await open('a', kept);
    await pass(500);
    expect(token.ended).toEqual([]);
    await pass(1_100);
    expect([token.asked > 1, token.ended]).toEqual([true, []]);
    token.fault = AuthError.invalidToken('revoked');
    await pass(1_600);
    expect(token.ended).toEqual([401]);
  });

  it('503 not 401, when its time is over and the issuer is silent', async () => {
    const token = await open('a', 1_000);
    token.fault = AuthError.unavailable('away');
    await pass(900);
    expect(token.ended).toEqual([]);
    await pass(1_000);
    expect(token.ended).toEqual([503]);
  });

  it('one that is to be verified again does not have all others verified', async () => {
    const tokens = [];
    for (let count = 0; count < 10; count++, await pass(400)) tokens.push(await open(`t${count}`, 4_000));
    const before = tokens.map(({ verified }) => verified);
    await pass(12_000);
    for (const [index, { verified }] of tokens.entries()) expect(verified - before[index]!).toBeLessThanOrEqual(4);
  });
});
