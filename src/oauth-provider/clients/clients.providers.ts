import type { Provider, Type } from '@nestjs/common';
import { sweepWhere, type SweepTask } from '../../common/sweeper/sweeper.js';
import { ClientAssertionStore } from './client-assertion.store.js';
import { ClientAssertionVerifier } from './client-assertion.verifier.js';
import { ClientAuthenticator } from './client-authenticator.js';
import { ClientConfigurations } from './client-configurations.js';
import { ClientDirectory } from './client-directory.js';
import { ClientGuesses } from './client-guesses.js';
import { ClientKeys } from './client-keys.js';
import { ClientOrigins } from './client-origins.js';
import { ClientSignatures } from './client-signatures.js';
import { ClientRegistrations } from './client-registrations.js';
import { ClientSecrets } from './client-secrets.js';
import { ClientSeeds } from './client-seeds.js';
import { ClientStore } from './client.store.js';
import { ClientValidator } from './client.validator.js';
import { ClientWriter } from './client.writer.js';
import { AdminInitialAccessTokensController } from './http/admin-initial-access-tokens.controller.js';
import { AdminOAuthClientsController } from './http/admin-oauth-clients.controller.js';
import { OwnClientsController } from './http/own-clients.controller.js';
import { RegistrationController } from './http/registration.controller.js';
import { InitialAccessTokenStore } from './initial-access-token.store.js';
import { InitialAccessTokens } from './initial-access-tokens.js';
import { OAuthClientsService } from './oauth-clients.service.js';
import { OwnClientsService } from './own-clients.service.js';
import { Registrants } from './registrants.js';
import { SectorIdentifiers } from './sector-identifiers.js';

/** All that knows, makes and changes clients. */
export const clientProviders: Provider[] = [
  ClientStore,
  InitialAccessTokenStore,
  ClientAssertionStore,
  ClientDirectory,
  ClientKeys,
  ClientSignatures,
  ClientAssertionVerifier,
  ClientGuesses,
  ClientAuthenticator,
  ClientOrigins,
  SectorIdentifiers,
  ClientValidator,
  ClientSecrets,
  ClientWriter,
  ClientSeeds,
  OAuthClientsService,
  InitialAccessTokens,
  Registrants,
  ClientRegistrations,
  ClientConfigurations,
  OwnClientsService,
];

export const clientControllers: Type[] = [
  RegistrationController,
  OwnClientsController,
  AdminOAuthClientsController,
  AdminInitialAccessTokensController,
];

export const clientSweeps: readonly SweepTask[] = [
  sweepWhere('auth_client_assertion', 'hash', `expires_at < now() - interval '1 minute'`),
  sweepWhere('auth_initial_access_token', 'id', `expires_at < now() - interval '1 day'`),
];
