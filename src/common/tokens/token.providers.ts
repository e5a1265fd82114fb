import type { Provider } from '@nestjs/common';
import { Database } from '../database/database.js';
import { InvalidationChannel } from '../database/invalidation.js';
import { AuthEvents } from '../events/auth-events.js';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';
import { SecretBox } from '../secrets/secret-box.js';
import { RevokedJwtStore } from './revoked-jwt.store.js';
import { SpentJwtStore } from './spent-jwt.store.js';
import { TokenIssuer } from './token.issuer.js';
import { TokenRevoker } from './token.revoker.js';
import { TokenStore } from './token.store.js';

/** Access tokens, refresh tokens and the JWTs that were revoked. */
export const tokenProviders: Provider[] = [
  { provide: TokenStore, useFactory: (database: Database) => new TokenStore(database), inject: [Database] },
  { provide: SpentJwtStore, useFactory: (database: Database) => new SpentJwtStore(database), inject: [Database] },
  { provide: RevokedJwtStore, useFactory: (database: Database) => new RevokedJwtStore(database), inject: [Database] },
  {
    provide: TokenRevoker,
    useFactory: (store: TokenStore, jwts: RevokedJwtStore, channel: InvalidationChannel, events: AuthEvents) =>
      new TokenRevoker(store, jwts, channel, events),
    inject: [TokenStore, RevokedJwtStore, InvalidationChannel, AuthEvents],
  },
  {
    provide: TokenIssuer,
    useFactory: (
      database: Database,
      store: TokenStore,
      revoker: TokenRevoker,
      box: SecretBox,
      events: AuthEvents,
      { rateLimits }: CoreSettings,
    ) => new TokenIssuer(database, store, revoker, box, events, rateLimits),
    inject: [Database, TokenStore, TokenRevoker, SecretBox, AuthEvents, CORE_SETTINGS],
  },
];
