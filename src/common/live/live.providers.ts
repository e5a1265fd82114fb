import type { Provider } from '@nestjs/common';
import { CredentialCache } from '../cache/credential-cache.js';
import { InvalidationChannel } from '../database/invalidation.js';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';
import { CredentialWatch } from './credential-watch.js';

export const liveProviders: Provider[] = [
  {
    provide: CredentialWatch,
    useFactory: ({ cacheTtlSeconds }: CoreSettings, cache: CredentialCache, channel: InvalidationChannel) =>
      new CredentialWatch(cache, channel, cacheTtlSeconds * 1000),
    inject: [CORE_SETTINGS, CredentialCache, InvalidationChannel],
  },
];
