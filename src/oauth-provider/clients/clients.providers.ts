import type { Provider } from '@nestjs/common';
import { ClientStore } from './client.store.js';
import { ClientDirectory } from './client.directory.js';
import { ClientNames } from './client-names.js';
import { ClientOrigins } from './client.origins.js';
import { SectorIdentifiers } from './metadata/sector-identifiers.js';
import { ClientValidator } from './metadata/client.validator.js';
import { ClientSecrets } from './client.secrets.js';
import { ClientRenewals } from './client.renewals.js';
import { ClientWriter } from './client.writer.js';
import { ClientSeeds } from './client.seeds.js';
import { OAuthClientsService } from './oauth-clients.service.js';

/** Providers that find, make and change clients. */
export const clientProviders: Provider[] = [
  ClientStore,
  ClientNames,
  ClientDirectory,
  ClientOrigins,
  SectorIdentifiers,
  ClientValidator,
  ClientSecrets,
  ClientRenewals,
  ClientWriter,
  ClientSeeds,
  OAuthClientsService,
];
