import { jest } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { CredentialCache } from '../cache/credential-cache.js';
import { AuthError } from '../errors/auth-error.js';
import { AuthContext, type RequestContext } from '../ports/auth-context.js';
import { createPrincipal } from '../principal/auth-principal.js';
import { CredentialWatch } from './credential-watch.js';

const TTL = 5_000;

/** What the database would say of one credential. */
class Row {
  reads = 0;
  contexts: unknown[] = [];
  ended: AuthError[] = [];
  state: 'good' | 'bad' | 'away' = 'good';
  constructor(
    private readonly cache: CredentialCache,
    private readonly id: string,
    public remaining = Number.POSITIVE_INFINITY,
  ) {}

  readonly context = { headers: {}, address: () => null, principal: null } as RequestContext;

  async verify() {
    const found = await this.cache.getOrLoad(this.id, () => this.load());
    if (!found) throw AuthError.invalidToken('bad');
    return found.principal;
  }

  private async load() {
    this.reads++;
    this.contexts.push(AuthContext.requestContext);
    await turn();
    if (this.state === 'away') throw AuthError.unavailable('away');
    if (this.state === 'bad') return null;
    const principal = createPrincipal({
      subjectId: 's',
      scheme: 'bearer',
      credentialType: 'access_token',
      credentialId: this.id,
    });
    return { principal, tags: [`token:${this.id}`, 'subject:s'], remainingMilliseconds: this.remaining };
  }
}

describe('watch of credentials', () => {
  let cache: CredentialCache;
  let watch: CredentialWatch;
  let isProven: boolean;
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
    cache = new CredentialCache(TTL, 100);
    isProven = true;
    const channel = {
      subscribe: () => undefined,
      get isProven() {
        return isProven;
      },
    };
    watch = new CredentialWatch(cache, channel, TTL);
  });
  afterEach(() => {
    watch.onApplicationShutdown();
    jest.useRealTimers();
  });

  const settle = async () => {
    for (let count = 0; count < 20; count++) await turn();
  };
  const pass = async (milliseconds: number) => {
    await jest.advanceTimersByTimeAsync(milliseconds);
    await settle();
  };
  async function open(id: string, remaining?: number) {
    const row = new Row(cache, id, remaining);
    const stop = watch.watch(await row.verify(), {
      context: row.context,
      verify: () => row.verify(),
      ended: (reason) => void row.ended.push(reason),
    });
    await settle();
    return { row, stop };
  }
  const revoke = async (tags: string[]) => {
    // In the order in which the channel tells them: the watch may be told before the cache.
    watch.drop(tags);
    cache.drop(tags);
    await settle();
  };

  it('a credential that was revoked ends its connection once, and no other', async () => {
    const one = await open('a');
    const other = await open('b');
    one.row.state = 'bad';
    await revoke(['token:a']);
    await revoke(['token:a']);
    expect([one.row.ended.length, other.row.ended.length, other.row.reads]).toEqual([1, 0, 1]);
    expect(watch.size).toBe(1);
  });

  it('one that only changed is verified again, and stays', async () => {
    const { row } = await open('a');
    await revoke(['subject:s']);
    expect([row.reads, row.ended]).toEqual([2, []]);
    row.state = 'bad';
    await revoke(['subject:s']);
    expect(row.ended.map(({ status }) => status)).toEqual([401]);
  });

  it('what is revoked while it is verified is verified once more', async () => {
    const { row } = await open('a');
    watch.drop(['token:a']);
    cache.drop(['token:a']);
    await turn();
    row.state = 'bad';
    await revoke(['token:a']);
    expect(row.ended).toHaveLength(1);
  });

  it('what verifies it may hear of the change later: it is verified once more when memory has forgotten the answer', async () => {
    const { row } = await open('a');
    await revoke(['token:a']);
    expect([row.reads, row.ended]).toEqual([2, []]);
    row.state = 'bad';
    await pass(TTL + 1);
    expect(row.ended).toHaveLength(1);
    const quiet = await open('b');
    await revoke(['token:b']);
    for (let interval = 0; interval < 10; interval++) await pass(TTL);
    expect(quiet.row.reads).toBe(4);
  });

  it('what was verified late, after a second change, is verified once more too', async () => {
    const { row } = await open('a');
    await revoke(['token:a']);
    await pass(TTL - 100);
    await revoke(['token:a']);
    // Memory has an answer of now; the check that is due in a moment gets it.
    row.state = 'bad';
    await pass(2 * TTL + 1);
    expect(row.ended).toHaveLength(1);
  });

  it('what ended between its verification and the watch is noticed', async () => {
    const row = new Row(cache, 'a');
    const principal = await row.verify();
    row.state = 'bad';
    cache.drop(['token:a']);
    watch.watch(principal, {
      context: row.context,
      verify: () => row.verify(),
      ended: (reason) => void row.ended.push(reason),
    });
    await settle();
    expect(row.ended).toHaveLength(1);
  });

  it('verifies in the context of the connection, whoever revoked', async () => {
    const { row } = await open('a');
    await AuthContext.run({ ...row.context }, () => revoke(['token:a']));
    expect(row.contexts[1]).toBe(row.context);
  });

  it('after a lost notification everything is verified again', async () => {
    const all = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => open(id)));
    for (const { row } of all.slice(0, 6)) row.state = 'bad';
    cache.flush();
    watch.flush();
    await settle();
    expect(all.map(({ row }) => row.ended.length)).toEqual([1, 1, 1, 1, 1, 1, 0]);
  });

  it('while notifications may be missed, within cacheTtl; while they arrive, nothing is read', async () => {
    const { row } = await open('a');
    await pass(10 * TTL);
    expect(row.reads).toBe(1);
    isProven = false;
    await pass(2 * TTL);
    expect([row.reads > 1, row.ended]).toEqual([true, []]);
    row.state = 'bad';
    await pass(2 * TTL);
    expect(row.ended).toHaveLength(1);
  });

  it('a database that cannot answer ends nothing, and is asked again', async () => {
    const { row } = await open('a');
    row.state = 'away';
    await revoke(['token:a']);
    expect(row.ended).toEqual([]);
    row.state = 'bad';
    await pass(TTL);
    expect(row.ended).toHaveLength(1);
  });

  it('expiry: at its time, unless it was extended meanwhile; at its time too when the database is away', async () => {
    const expiring = await open('a', 60_000);
    const extended = await open('b', 60_000);
    const away = await open('c', 60_000);
    await pass(59_000);
    expect(expiring.row.ended).toEqual([]);
    expiring.row.state = 'bad';
    extended.row.remaining = 60_000;
    away.row.state = 'away';
    await pass(1_001);
    expect([expiring, extended, away].map(({ row }) => row.ended.length)).toEqual([1, 0, 1]);
    extended.row.state = 'bad';
    await pass(60_001);
    expect(extended.row.ended).toHaveLength(1);
  });

  it('a verifier that is more lenient than the expiry does not keep the connection', async () => {
    const { row } = await open('a', 1_000);
    row.remaining = -10;
    await pass(1_001);
    expect(row.ended).toHaveLength(1);
  });

  it('nothing is left of a connection that has closed, nor told after a stop', async () => {
    const { row, stop } = await open('a', 1_000);
    const other = await open('b');
    stop();
    expect(watch.size).toBe(1);
    row.state = other.row.state = 'bad';
    await revoke(['token:a', 'subject:s']);
    expect([row.ended.length, other.row.ended.length, watch.size]).toEqual([0, 1, 0]);
    const last = await open('c');
    watch.onApplicationShutdown();
    last.row.state = 'bad';
    await revoke(['token:c']);
    expect([last.row.ended.length, watch.size, jest.getTimerCount()]).toEqual([0, 0, 0]);
  });
});
