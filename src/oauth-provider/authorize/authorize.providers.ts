import type { Provider } from '@nestjs/common';
import { sweepWhere, type SweepTask } from '../../common/sweeper/sweeper.js';
import { AuthorizationRequestStore } from './authorization-request.store.js';
import { AuthorizationRequestParser } from './authorization-request.parser.js';
import { BrowserUsers } from './browser-users.js';
import { Strengths } from './strengths.js';
import { InteractionUrls } from './interaction-urls.js';
import { AuthorizationFlow } from './authorization-flow.js';
import { WaitingAuthorizations } from './waiting-authorizations.js';
import { AuthorizeService } from './authorize.service.js';
import { InteractionPages } from './interaction.pages.js';
import { OAuthQueries } from './oauth-queries.js';
import { AuthorizationResponses } from './authorization-responses.js';
import { AuthorizationReplies } from './authorization.replies.js';

/** The authorization endpoint, and the pages that ask its users. */
export const authorizeProviders: Provider[] = [
  AuthorizationRequestStore,
  AuthorizationRequestParser,
  BrowserUsers,
  Strengths,
  InteractionUrls,
  AuthorizationFlow,
  WaitingAuthorizations,
  AuthorizeService,
  InteractionPages,
  OAuthQueries,
  AuthorizationResponses,
  AuthorizationReplies,
];

export const authorizeSweeps: readonly SweepTask[] = [
  // Unanswered requests can go once they expire; answered ones stay a day, so that a resubmitted page can say so.
  sweepWhere(
    'auth_authorization_request',
    'id',
    `expires_at < now() AND (answered_at IS NULL OR expires_at < now() - interval '1 day')`,
    'expires_at',
  ),
];
