import type { Provider } from '@nestjs/common';
import { sweepWhere, type SweepTask } from '../../common/sweeper/sweeper.js';
import { ClientSessionStore } from './client-session.store.js';
import { ClientSessions } from './client-sessions.js';
import { LogoutDeliveries } from './logout-deliveries.js';
import { LogoutDeliveryStore } from './logout-delivery.store.js';
import { LogoutConfirmations } from './logout-confirmations.js';
import { LogoutPages } from './logout.pages.js';
import { LogoutRequests } from './logout-requests.js';
import { LogoutSender } from './logout.sender.js';
import { LogoutService } from './logout.service.js';
import { LogoutTokens } from './logout-tokens.js';

export const logoutProviders: Provider[] = [
  ClientSessionStore,
  LogoutDeliveryStore,
  ClientSessions,
  LogoutTokens,
  LogoutSender,
  LogoutDeliveries,
  LogoutRequests,
  LogoutConfirmations,
  LogoutPages,
  LogoutService,
];

/**
 * Deliveries that were given up stay two days, for operators who ask why. A session that merely expires does not delete its rows here: they
 * go when the longest-lived cookie would have expired, counted from the last sign-in.
 */
export const logoutSweeps: readonly SweepTask[] = [
  sweepWhere('auth_logout_delivery', 'id', `created_at < now() - interval '2 days'`, 'created_at'),
  {
    name: 'auth_client_session',
    statement: {
      name: 'auth_sweep_auth_client_session',
      text: `DELETE FROM auth_client_session s USING (SELECT session_id, client_id FROM auth_client_session
               WHERE created_at < now() - interval '400 days' ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED) old
             WHERE s.session_id = old.session_id AND s.client_id = old.client_id RETURNING s.client_id`,
    },
  },
];
