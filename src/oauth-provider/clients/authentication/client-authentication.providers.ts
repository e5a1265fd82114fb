import type { Provider } from '@nestjs/common';
import { sweepWhere, type SweepTask } from '../../../common/sweeper/sweeper.js';
import { ClientAssertionStore } from './client-assertion.store.js';
import { ClientKeys } from './client-keys.js';
import { ClientSignatures } from './client-signatures.js';
import { ClientAssertionVerifier } from './client-assertion.verifier.js';
import { ClientCertificateVerifier } from './client-certificate.verifier.js';
import { WorkloadAssertionVerifier } from './workload-assertion.verifier.js';
import { ClientGuesses } from './client-guesses.js';
import { ClientAuthenticator } from './client.authenticator.js';

/** Providers that authenticate clients. */
export const clientAuthenticationProviders: Provider[] = [
  ClientAssertionStore,
  ClientKeys,
  ClientSignatures,
  ClientAssertionVerifier,
  WorkloadAssertionVerifier,
  ClientCertificateVerifier,
  ClientGuesses,
  ClientAuthenticator,
];

export const clientAuthenticationSweeps: readonly SweepTask[] = [
  sweepWhere('auth_client_assertion', 'hash', `expires_at < now() - interval '1 minute'`, 'expires_at'),
];
