import type { Provider } from '@nestjs/common';
import { Clock } from '../clock.js';
import { Database } from '../database/database.js';
import { InvalidationChannel } from '../database/invalidation.js';
import { AuthEvents } from '../events/auth-events.js';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';
import { SecretBox } from '../secrets/secret-box.js';
import { JwtCodec } from './jwt.codec.js';
import { SigningKeyWriter } from './signing-key.writer.js';
import { SigningKeyStore } from './signing-key.store.js';
import { SigningKeys } from './signing-keys.js';

/** Providers of CommonModule for signing keys. */
export const signingKeyProviders: Provider[] = [
  SigningKeyStore,
  {
    // Reads and writes nothing until a capability that signs tokens calls `start`.
    provide: SigningKeys,
    useFactory: (
      database: Database,
      store: SigningKeyStore,
      box: SecretBox,
      clock: Clock,
      channel: InvalidationChannel,
      events: AuthEvents,
      { cacheTtlSeconds }: CoreSettings,
    ) => {
      const writer = new SigningKeyWriter(database, store, box, channel, events);
      return new SigningKeys(database, store, writer, box, clock, channel, cacheTtlSeconds);
    },
    inject: [Database, SigningKeyStore, SecretBox, Clock, InvalidationChannel, AuthEvents, CORE_SETTINGS],
  },
  {
    provide: JwtCodec,
    useFactory: (keys: SigningKeys, clock: Clock) => new JwtCodec(keys, clock),
    inject: [SigningKeys, Clock],
  },
];
