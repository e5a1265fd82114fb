import { LRUCache } from 'lru-cache';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import type { InvalidationListener } from '../database/invalidation.js';

/** A credential that was found good, with all that can end it. */
export interface VerifiedCredential {
  readonly principal: AuthPrincipal;
  /** What ends it: `subject:…`, `session:…`, `family:…`, `token:…`, `key:…`, `client:…`. */
  readonly tags: readonly string[];
  /** Milliseconds until it expires by the database's clock; `Infinity` when it does not. */
  readonly remainingMilliseconds: number;
  /** What the verifier that made it wants to find again, e.g. the row's limits. */
  readonly state?: unknown;
}

interface Entry {
  readonly credential: VerifiedCredential;
  /** `performance.now()` after which the entry is worth nothing. */
  readonly deadline: number;
}

/**
 * Verified credentials in memory, found by the digest of the secret. One for all verifiers, so that one bound and one
 * notification serve them all. Only good credentials are kept: a bad one is asked for again.
 */
export class CredentialCache implements InvalidationListener {
  private readonly entries: LRUCache<string, Entry>;
  private readonly keysByTag = new Map<string, Set<string>>();
  private readonly loads = new Map<string, Promise<VerifiedCredential | null>>();
  /** Counts invalidations: what was read before one may not be kept after it. */
  private generation = 0;

  constructor(
    private readonly ttlMilliseconds: number,
    maxEntries: number,
  ) {
    this.entries = new LRUCache({ max: maxEntries, dispose: (entry, key) => this.unlink(key, entry) });
  }

  get(digest: string): VerifiedCredential | undefined {
    const entry = this.entries.get(digest);
    if (!entry) return undefined;
    if (entry.deadline > performance.now()) return entry.credential;
    this.entries.delete(digest);
    return undefined;
  }

  /** Returns the cached credential, or loads it; callers that ask for one digest at the same time share one load. */
  async getOrLoad(digest: string, load: () => Promise<VerifiedCredential | null>): Promise<VerifiedCredential | null> {
    const cached = this.get(digest);
    if (cached) return cached;
    const pending = this.loads.get(digest);
    if (pending) return pending;
    const started = this.load(digest, load).finally(() => {
      if (this.loads.get(digest) === started) this.loads.delete(digest);
    });
    this.loads.set(digest, started);
    return started;
  }

  drop(tags: readonly string[]): void {
    this.forgetLoads();
    for (const tag of tags) {
      for (const key of this.keysByTag.get(tag) ?? []) this.entries.delete(key);
    }
  }

  flush(): void {
    this.forgetLoads();
    this.entries.clear();
  }

  private async load(
    digest: string,
    load: () => Promise<VerifiedCredential | null>,
  ): Promise<VerifiedCredential | null> {
    const generation = this.generation;
    const credential = await load();
    if (credential && generation === this.generation) this.keep(digest, credential);
    return credential;
  }

  private keep(digest: string, credential: VerifiedCredential): void {
    const lifetime = Math.min(this.ttlMilliseconds, credential.remainingMilliseconds);
    if (lifetime <= 0) return;
    this.entries.set(digest, { credential, deadline: performance.now() + lifetime });
    for (const tag of credential.tags) {
      const keys = this.keysByTag.get(tag);
      if (keys) keys.add(digest);
      else this.keysByTag.set(tag, new Set([digest]));
    }
  }

  /** A load under way has read the row before the change: later callers must not share it. */
  private forgetLoads(): void {
    this.generation++;
    this.loads.clear();
  }

  private unlink(key: string, entry: Entry): void {
    for (const tag of entry.credential.tags) {
      const keys = this.keysByTag.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) this.keysByTag.delete(tag);
    }
  }
}
