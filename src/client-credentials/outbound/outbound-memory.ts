import type { AuthCaches } from '../../common/cache/auth-caches.js';
import { LoadingCache } from '../../common/cache/loading-cache.js';
import type { InvalidationChannel } from '../../common/database/invalidation.js';
import type { HeldToken } from './held-token.js';
import { memoryKey, type Target } from './target.js';

/**
 * The tokens of this process. Those of users go with their credentials, also when another process ends them, and all of them when
 * notifications may have been missed. Those of applications end with nothing but their time, and serve on while the database is away.
 */
export class OutboundMemory {
  private readonly ofApplications: LoadingCache<HeldToken>;
  private readonly ofUsers: LoadingCache<HeldToken>;

  /**
   * @param sizes most tokens; the least recently used go first
   * @param surroundings null: no application acts for users
   */
  constructor(
    sizes: { readonly applications: number; readonly users: number },
    surroundings: { readonly channel: Pick<InvalidationChannel, 'subscribe'>; readonly caches: AuthCaches } | null,
  ) {
    this.ofApplications = cacheOf(Math.max(1, sizes.applications));
    this.ofUsers = cacheOf(sizes.users);
    surroundings?.channel.subscribe(this.ofUsers);
    surroundings?.caches.add('outbound', this.ofUsers);
  }

  find(target: Target): HeldToken | undefined {
    return this.cacheFor(target).get(memoryKey(target.key));
  }

  /** Callers at the same time share one `load`. */
  async load(target: Target, load: () => Promise<HeldToken>): Promise<HeldToken> {
    // `load` never gives null.
    return (await this.cacheFor(target).reload(memoryKey(target.key), load))!;
  }

  async settled(): Promise<void> {
    await Promise.all([this.ofApplications.settled(), this.ofUsers.settled()]);
  }

  private cacheFor({ user }: Target): LoadingCache<HeldToken> {
    return user ? this.ofUsers : this.ofApplications;
  }
}

function cacheOf(max: number): LoadingCache<HeldToken> {
  return new LoadingCache({
    max,
    // How long the row need not be read again, a token knows itself.
    ttlMilliseconds: Number.POSITIVE_INFINITY,
    remainingMillisecondsOf: (token) => token.usableMilliseconds(),
    tagsOf: ({ tags }) => tags,
  });
}
