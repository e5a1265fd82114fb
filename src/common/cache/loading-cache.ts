import { LRUCache } from 'lru-cache';
import type { InvalidationListener } from '../database/invalidation.js';
import type { CacheStatistics } from './auth-caches.js';
import { SingleFlight } from './single-flight.js';

export interface LoadingCacheOptions<Value> {
  /** Largest number of entries; the least recently used go first. */
  readonly max: number;
  /** 0: nothing is kept, but simultaneous loads are still shared. */
  readonly ttlMilliseconds: number;
  /** How long a value is valid, when that may be less than `ttlMilliseconds`. */
  readonly remainingMillisecondsOf?: (value: Value) => number;
  /** Tags of a value: dropping one of them removes it. Default: none, only a flush removes it early. */
  readonly tagsOf?: (value: Value) => readonly string[];
}

interface Entry<Value> {
  readonly value: Value;
  /** `performance.now()` after which the entry is no longer used. */
  readonly deadline: number;
}

/**
 * Keeps values read from the database in memory until they are too old or have changed. Callers that ask for one key at the same time
 * share one load. Neither failures nor null are kept: the next caller loads again.
 */
export class LoadingCache<Value extends {}> implements InvalidationListener {
  private readonly entries: LRUCache<string, Entry<Value>>;
  private readonly keysByTag = new Map<string, Set<string>>();
  private readonly loads = new SingleFlight<Value | null>();
  /** Counts invalidations: a value whose load began before one must not be kept after it. */
  private generation = 0;
  private hits = 0;
  private misses = 0;

  constructor(private readonly options: LoadingCacheOptions<Value>) {
    this.entries = new LRUCache({ max: options.max, dispose: ({ value }, key) => this.unlink(key, value) });
  }

  /** From memory only. */
  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if (entry.deadline > performance.now()) {
      this.hits++;
      return entry.value;
    }
    this.entries.delete(key);
    return undefined;
  }

  async getOrLoad(key: string, load: () => Promise<Value | null>): Promise<Value | null> {
    return this.get(key) ?? this.reload(key, load);
  }

  /** Loads the current value, even when one is in memory. */
  reload(key: string, load: () => Promise<Value | null>): Promise<Value | null> {
    this.misses++;
    return this.loads.run(key, async () => {
      const { generation } = this;
      const value = await load();
      if (value !== null && generation === this.generation) this.keep(key, value);
      return value;
    });
  }

  /** Waits until all loads under way have succeeded or failed. */
  async settled(): Promise<void> {
    await this.loads.settled();
  }

  drop(tags: readonly string[]): void {
    this.abandonLoads();
    for (const tag of tags) {
      for (const key of this.keysByTag.get(tag) ?? []) this.entries.delete(key);
    }
  }

  flush(): void {
    this.abandonLoads();
    this.entries.clear();
  }

  statistics(): Omit<CacheStatistics, 'name'> {
    const { hits, misses, entries } = this;
    return { entries: entries.size, maxEntries: this.options.max, hits, misses };
  }

  private keep(key: string, value: Value): void {
    const { ttlMilliseconds, remainingMillisecondsOf, tagsOf } = this.options;
    const lifetime = Math.min(ttlMilliseconds, remainingMillisecondsOf?.(value) ?? Number.POSITIVE_INFINITY);
    if (lifetime <= 0) return;
    this.entries.set(key, { value, deadline: performance.now() + lifetime });
    for (const tag of tagsOf?.(value) ?? []) {
      const keys = this.keysByTag.get(tag);
      if (keys) keys.add(key);
      else this.keysByTag.set(tag, new Set([key]));
    }
  }

  /** A running load may have read the row before the change: its value is not kept, and later callers must not share it. */
  private abandonLoads(): void {
    this.generation++;
    this.loads.abandon();
  }

  private unlink(key: string, value: Value): void {
    for (const tag of this.options.tagsOf?.(value) ?? []) {
      const keys = this.keysByTag.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) this.keysByTag.delete(tag);
    }
  }
}
