import { jest } from '@jest/globals';
import { createPrincipal } from '../principal/auth-principal.js';
import { CredentialCache, type VerifiedCredential } from './credential-cache.js';
import { LoadingCache } from './loading-cache.js';

function credential(id: string, tags: string[] = [`token:${id}`], remainingMilliseconds = 60_000): VerifiedCredential {
  const principal = createPrincipal({
    subjectId: id,
    scheme: 'bearer',
    credentialType: 'access_token',
    credentialId: id,
  });
  return { principal, tags, remainingMilliseconds };
}

/** A load that resolves when the test says so. */
function held(value: VerifiedCredential | null) {
  let answer!: () => void;
  let count = 0;
  const gate = new Promise<void>((resolve) => (answer = resolve));
  const load = async () => {
    count++;
    await gate;
    return value;
  };
  return { load, answer, count: () => count };
}

describe('loading cache, as verified credentials use it', () => {
  let cache: CredentialCache;
  beforeEach(() => {
    cache = new CredentialCache(5_000, 100);
  });

  it('keeps a good credential and asks once', async () => {
    const load = held(credential('a'));
    load.answer();
    const first = await cache.getOrLoad('a', load.load);
    expect(await cache.getOrLoad('a', load.load)).toBe(first);
    expect(cache.get('a')).toBe(first);
    expect(load.count()).toBe(1);
  });

  it('shares one load between callers at the same time', async () => {
    const load = held(credential('a'));
    const all = [cache.getOrLoad('a', load.load), cache.getOrLoad('a', load.load), cache.getOrLoad('a', load.load)];
    load.answer();
    expect(new Set(await Promise.all(all)).size).toBe(1);
    expect(load.count()).toBe(1);
  });

  it('never keeps a bad one, nor a failure', async () => {
    const bad = held(null);
    bad.answer();
    await cache.getOrLoad('a', bad.load);
    await cache.getOrLoad('a', bad.load);
    expect(bad.count()).toBe(2);
    await expect(cache.getOrLoad('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    const good = held(credential('a'));
    good.answer();
    expect(await cache.getOrLoad('a', good.load)).not.toBeNull();
  });

  it.each<[string, (cache: CredentialCache) => void]>([
    ['its tag is dropped', (it) => it.drop(['token:a'])],
    ['another tag is dropped, since the row may have been read before', (it) => it.drop(['subject:x'])],
    ['the cache is flushed', (it) => it.flush()],
  ])('does not keep what was being read when %s, and later callers read anew', async (_name, invalidate) => {
    const before = held(credential('a'));
    const early = cache.getOrLoad('a', before.load);
    invalidate(cache);
    const after = held(null);
    after.answer();
    expect(await cache.getOrLoad('a', after.load)).toBeNull();
    before.answer();
    expect(await early).not.toBeNull();
    expect(cache.get('a')).toBeUndefined();
    expect(after.count()).toBe(1);
  });

  it('an old load that ends late does not throw out the new one under way', async () => {
    const old = held(credential('a'));
    const early = cache.getOrLoad('a', old.load);
    cache.flush();
    const fresh = held(credential('a'));
    const late = cache.getOrLoad('a', fresh.load);
    old.answer();
    await early;
    const joined = cache.getOrLoad('a', held(null).load);
    fresh.answer();
    expect(await joined).toBe(await late);
    expect(fresh.count()).toBe(1);
  });

  it('drops every entry of a tag and nothing else', async () => {
    for (const [id, tags] of [
      ['a', ['subject:1', 'token:a']],
      ['b', ['subject:1']],
      ['c', ['subject:2']],
    ] as const)
      await cache.getOrLoad(id, async () => credential(id, [...tags]));
    cache.drop(['subject:1', 'unknown:9']);
    expect(['a', 'b', 'c'].map((id) => cache.get(id) !== undefined)).toEqual([false, false, true]);
  });

  it('keeps nothing that has expired or with a time to live of 0', async () => {
    await cache.getOrLoad('a', async () => credential('a', [], 0));
    expect(cache.get('a')).toBeUndefined();
    const off = new CredentialCache(0, 100);
    await off.getOrLoad('a', async () => credential('a'));
    expect(off.get('a')).toBeUndefined();
  });

  it('keeps an entry no longer than the credential or the time to live', async () => {
    const now = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(now);
    try {
      await cache.getOrLoad('short', async () => credential('short', [], 1_000));
      await cache.getOrLoad('long', async () => credential('long', [], Number.POSITIVE_INFINITY));
      clock.mockReturnValue(now + 999);
      expect([cache.get('short'), cache.get('long')].map(Boolean)).toEqual([true, true]);
      clock.mockReturnValue(now + 1_000);
      expect([cache.get('short'), cache.get('long')].map(Boolean)).toEqual([false, true]);
      clock.mockReturnValue(now + 5_000);
      expect(cache.get('long')).toBeUndefined();
    } finally {
      clock.mockRestore();
    }
  });

  it('holds at most what it may, the least used going first', async () => {
    const small = new CredentialCache(5_000, 2);
    for (const id of ['a', 'b']) await small.getOrLoad(id, async () => credential(id));
    small.get('a');
    await small.getOrLoad('c', async () => credential('c'));
    expect(['a', 'b', 'c'].map((id) => small.get(id) !== undefined)).toEqual([true, false, true]);
  });
});

describe('loading cache', () => {
  it('reads anew when told to, and keeps that', async () => {
    const cache = new LoadingCache<number>({ max: 10, ttlMilliseconds: 5_000 });
    await cache.getOrLoad('a', async () => 1);
    expect(await cache.reload('a', async () => 2)).toBe(2);
    expect(cache.get('a')).toBe(2);
    // The row is gone, but only `drop` removes its value from memory.
    expect(await cache.reload('a', async () => null)).toBeNull();
    expect(cache.get('a')).toBe(2);
  });

  it('keeps a no that is a value', async () => {
    const cache = new LoadingCache<boolean>({ max: 10, ttlMilliseconds: 5_000 });
    expect(await cache.getOrLoad('a', async () => false)).toBe(false);
    expect(await cache.getOrLoad('a', async () => true)).toBe(false);
  });

  it('what replaces a value goes by its own tags', async () => {
    const cache = new LoadingCache<string>({ max: 10, ttlMilliseconds: 5_000, tagsOf: (value) => [`is:${value}`] });
    await cache.getOrLoad('a', async () => 'old');
    await cache.reload('a', async () => 'new');
    cache.drop(['is:old']);
    expect(cache.get('a')).toBe('new');
    cache.drop(['is:new']);
    expect(cache.get('a')).toBeUndefined();
  });
});
