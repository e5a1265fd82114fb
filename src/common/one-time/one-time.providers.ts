import type { Provider } from '@nestjs/common';
import { Database } from '../database/database.js';
import { SecretBox } from '../secrets/secret-box.js';
import { OneTimeSecretStore } from './one-time-secret.store.js';
import { OneTimeSecrets } from './one-time-secrets.js';

export const oneTimeProviders: Provider[] = [
  { provide: OneTimeSecretStore, useFactory: () => new OneTimeSecretStore() },
  {
    provide: OneTimeSecrets,
    useFactory: (database: Database, store: OneTimeSecretStore, box: SecretBox) =>
      new OneTimeSecrets(database, store, box),
    inject: [Database, OneTimeSecretStore, SecretBox],
  },
];
