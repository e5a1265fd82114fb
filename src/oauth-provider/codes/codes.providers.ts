import type { Provider } from '@nestjs/common';
import { sweepWhere, type SweepTask } from '../../common/sweeper/sweeper.js';
import { AuthorizationCodeStore } from './authorization-code.store.js';
import { AuthorizationCodes } from './authorization-codes.js';

export const codeProviders: Provider[] = [AuthorizationCodeStore, AuthorizationCodes];

export const codeSweeps: readonly SweepTask[] = [
  // A replay is detected by the spent code, which stays until its tokens have ended (T071).
  sweepWhere(
    'auth_authorization_code',
    'id',
    `expires_at < now() - interval '1 day' AND NOT EXISTS (SELECT FROM auth_token_family f
       WHERE f.source_id = auth_authorization_code.id::text AND f.expires_at > now() AND f.revoked_at IS NULL)`,
  ),
];
