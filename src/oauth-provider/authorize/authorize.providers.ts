import type { Provider } from '@nestjs/common';
import { sweepWhere, type SweepTask } from '../../common/sweeper/sweeper.js';
import { ConsentStore } from '../consent/consent.store.js';
import { ConsentsService } from '../consent/consents.service.js';
import { RequestObjectSource } from '../request-objects/request-object.source.js';
import { RequestObjectVerifier } from '../request-objects/request-object.verifier.js';
import { RequestObjects } from '../request-objects/request-objects.js';
import { AuthorizationCodeStore } from './authorization-code.store.js';
import { AuthorizationCodes } from './authorization-codes.js';
import { AuthorizationFlow } from './authorization-flow.js';
import { AuthorizationRequestParser } from './authorization-request.parser.js';
import { AuthorizationRequestStore } from './authorization-request.store.js';
import { AuthorizationReplies } from './authorization.replies.js';
import { AuthorizeService } from './authorize.service.js';
import { InteractionUrls } from './interaction-urls.js';
import { InteractionPages } from './interaction.pages.js';
import { OAuthQueries } from './oauth-queries.js';

/** The authorization endpoint, and the question of consent. */
export const authorizeProviders: Provider[] = [
  AuthorizationRequestStore,
  AuthorizationCodeStore,
  ConsentStore,
  RequestObjectSource,
  RequestObjectVerifier,
  RequestObjects,
  AuthorizationCodes,
  AuthorizationRequestParser,
  InteractionUrls,
  AuthorizationFlow,
  AuthorizeService,
  InteractionPages,
  OAuthQueries,
  AuthorizationReplies,
  ConsentsService,
];

export const authorizeSweeps: readonly SweepTask[] = [
  // One that nobody has answered is nobody's; an answered one tells its user so for a day.
  sweepWhere(
    'auth_authorization_request',
    'id',
    `expires_at < now() AND (answered_at IS NULL OR expires_at < now() - interval '1 day')`,
  ),
  // A spent code is evidence until its tokens have died (T071).
  sweepWhere(
    'auth_authorization_code',
    'id',
    `expires_at < now() - interval '1 day' AND NOT EXISTS (SELECT FROM auth_token_family f
       WHERE f.source_id = auth_authorization_code.id::text AND f.expires_at > now() AND f.revoked_at IS NULL)`,
  ),
];
