import type { Provider } from '@nestjs/common';
import { sweepWhere, type SweepTask } from '../../common/sweeper/sweeper.js';
import { InitialAccessTokenStore } from './initial-access-token.store.js';
import { InitialAccessTokens } from './initial-access-tokens.js';
import { Registrants } from './registrants.js';
import { ClientRegistrations } from './client-registrations.js';
import { ClientConfigurations } from './client-configurations.js';

/** Clients that register themselves (RFC 7591, 7592). */
export const registrationProviders: Provider[] = [
  InitialAccessTokenStore,
  InitialAccessTokens,
  Registrants,
  ClientRegistrations,
  ClientConfigurations,
];

export const registrationSweeps: readonly SweepTask[] = [
  sweepWhere('auth_initial_access_token', 'id', `expires_at < now() - interval '1 day'`),
];
