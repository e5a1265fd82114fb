import type { Provider } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { sweepWhere, type SweepTask } from '../../common/sweeper/sweeper.js';
import { ClientAssertionStore } from './client-assertion.store.js';
import { ClientAssertionVerifier } from './client-assertion.verifier.js';
import { ClientAuthenticator } from './client-authenticator.js';
import { ClientDirectory } from './client-directory.js';
import { ClientGuesses } from './client-guesses.js';
import { ClientKeys } from './client-keys.js';
import { ClientOrigins } from './client-origins.js';
import { ClientSignatures } from './client-signatures.js';
import { ClientStore } from './client.store.js';

export const clientProviders: Provider[] = [
  { provide: ClientStore, useFactory: (database: Database) => new ClientStore(database), inject: [Database] },
  {
    provide: ClientAssertionStore,
    useFactory: (database: Database) => new ClientAssertionStore(database),
    inject: [Database],
  },
  ClientDirectory,
  ClientKeys,
  ClientSignatures,
  ClientAssertionVerifier,
  ClientGuesses,
  ClientAuthenticator,
  ClientOrigins,
];

export const clientSweeps: readonly SweepTask[] = [
  sweepWhere('auth_client_assertion', 'hash', `expires_at < now() - interval '1 minute'`),
];
