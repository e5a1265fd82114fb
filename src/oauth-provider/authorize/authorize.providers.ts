import type { Provider } from '@nestjs/common';
import { sweepWhere, type SweepTask } from '../../common/sweeper/sweeper.js';
import { AuthorizationRequestStore } from './authorization-request.store.js';
import { AuthorizationRequestParser } from './authorization-request.parser.js';
import { InteractionUrls } from './interaction-urls.js';
import { AuthorizationFlow } from './authorization-flow.js';
import { AuthorizeService } from './authorize.service.js';
import { InteractionPages } from './interaction.pages.js';
import { OAuthQueries } from './oauth-queries.js';
import { AuthorizationReplies } from './authorization.replies.js';

/** The authorization endpoint, and what its user is asked. */
export const authorizeProviders: Provider[] = [
  AuthorizationRequestStore,
  AuthorizationRequestParser,
  InteractionUrls,
  AuthorizationFlow,
  AuthorizeService,
  InteractionPages,
  OAuthQueries,
  AuthorizationReplies,
];

export const authorizeSweeps: readonly SweepTask[] = [
  // One that nobody has answered is nobody's; an answered one tells its user so for a day.
  sweepWhere(
    'auth_authorization_request',
    'id',
    `expires_at < now() AND (answered_at IS NULL OR expires_at < now() - interval '1 day')`,
  ),
];
