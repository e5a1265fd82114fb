import type { Provider } from '@nestjs/common';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';
import { GuardedFetch } from './guarded-fetch.js';
import { OutsiderFetch } from './outsider-fetch.js';

/** Providers of CommonModule for outbound requests. */
export const outboundProviders: Provider[] = [
  {
    provide: GuardedFetch,
    useFactory: (settings: CoreSettings) => new GuardedFetch(settings),
    inject: [CORE_SETTINGS],
  },
  {
    provide: OutsiderFetch,
    useFactory: (guarded: GuardedFetch) => new OutsiderFetch(guarded),
    inject: [GuardedFetch],
  },
];
