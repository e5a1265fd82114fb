import { Injectable } from '@nestjs/common';

/** What a cache of this process holds, and what it was asked since the start. */
export interface CacheStatistics {
  /** `credentials`, `clients`, `origins`, or `outbound`: tokens on behalf of users. */
  readonly name: string;
  /** Entries now, expired ones that nobody has asked for since included. */
  readonly entries: number;
  /** Most entries; above that the least recently used go. */
  readonly maxEntries: number;
  /** Look-ups that memory answered. */
  readonly hits: number;
  /** Look-ups that the database answered. Those of bad credentials are among them: what is bad is never kept. */
  readonly misses: number;
}

/**
 * The caches of this process, for a host's metrics. Counters only grow, from 0 at the start.
 *
 * @example
 * for (const { name, hits, misses } of app.get(AuthCaches).statistics()) logger.log(`${name} ${hits / (hits + misses)}`);
 */
@Injectable()
export class AuthCaches {
  private readonly caches = new Map<string, { statistics(): Omit<CacheStatistics, 'name'> }>();

  /** Called by the owners of caches, once each, before the application starts. */
  add(name: string, cache: { statistics(): Omit<CacheStatistics, 'name'> }): void {
    this.caches.set(name, cache);
  }

  /** One for each cache that the enabled capabilities use. */
  statistics(): CacheStatistics[] {
    return [...this.caches].map(([name, cache]) => ({ name, ...cache.statistics() }));
  }
}
