import type { Provider } from '@nestjs/common';
import { Clock } from '../clock.js';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';
import { SecretBox } from '../secrets/secret-box.js';
import { SpentJwtStore } from '../tokens/spent-jwt.store.js';
import { DpopNonces } from './dpop-nonces.js';
import { DpopProofs } from './dpop-proofs.js';
import { SharedReplays } from './proof-replays.js';

/** What verifies DPoP proofs. */
export const dpopProviders: Provider[] = [
  {
    provide: DpopNonces,
    useFactory: (box: SecretBox, clock: Clock) => new DpopNonces(box, clock),
    inject: [SecretBox, Clock],
  },
  {
    provide: DpopProofs,
    useFactory: ({ dpop }: CoreSettings, nonces: DpopNonces, clock: Clock) => new DpopProofs(dpop, nonces, clock),
    inject: [CORE_SETTINGS, DpopNonces, Clock],
  },
  { provide: SharedReplays, useFactory: (store: SpentJwtStore) => new SharedReplays(store), inject: [SpentJwtStore] },
];
