import type { Provider } from '@nestjs/common';
import { sweepUnless, type SweepTask } from '../../common/sweeper/sweeper.js';
import { AuthorizationCodeStore } from './authorization-code.store.js';
import { AuthorizationCodes } from './authorization-codes.js';

export const codeProviders: Provider[] = [AuthorizationCodeStore, AuthorizationCodes];

export const codeSweeps: readonly SweepTask[] = [
  // A replay is detected by the spent code, which stays until its tokens have ended (T071).
  sweepUnless(
    'auth_authorization_code',
    `EXISTS (SELECT FROM auth_token_family f WHERE f.source_id = t.id::text AND f.expires_at > now() AND f.revoked_at IS NULL)`,
  ),
];
