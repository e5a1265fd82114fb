import type { Provider } from '@nestjs/common';
import { AuthCaches } from '../cache/auth-caches.js';
import { CredentialCache } from '../cache/credential-cache.js';
import { InvalidationChannel } from '../database/invalidation.js';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';
import { CredentialWatch } from './credential-watch.js';

/** Verified credentials in memory, and the watch of those that keep a connection open. */
export const liveProviders: Provider[] = [
  {
    provide: CredentialCache,
    useFactory: (settings: CoreSettings, channel: InvalidationChannel, caches: AuthCaches) => {
      const cache = new CredentialCache(settings.cacheTtlSeconds * 1000, settings.cacheSize);
      caches.add('credentials', cache);
      // With a lifetime of 0 the cache is empty, so it has nothing to drop.
      if (settings.cacheTtlSeconds > 0) channel.subscribe(cache);
      return cache;
    },
    inject: [CORE_SETTINGS, InvalidationChannel, AuthCaches],
  },
  {
    provide: CredentialWatch,
    useFactory: ({ cacheTtlSeconds }: CoreSettings, cache: CredentialCache, channel: InvalidationChannel) =>
      new CredentialWatch(cache, channel, cacheTtlSeconds * 1000),
    inject: [CORE_SETTINGS, CredentialCache, InvalidationChannel],
  },
];
