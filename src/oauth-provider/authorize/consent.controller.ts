import { Body, Headers, Query, Req } from '@nestjs/common';
import { z } from 'zod';
import { BrowserSession } from '../../common/guards/browser-session.js';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { contextOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { wantsJson } from '../../common/http/request/wants-json.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { ContinuationAnswer } from './authorize.schemas.js';
import { AuthorizeService } from './authorize.service.js';
import { AuthorizationReplies } from './authorization.replies.js';
import { InteractionPages } from './interaction.pages.js';
import { OAuthQueries } from './oauth-queries.js';
import { ConsentBody, RequestQuery } from '../consent/consent.schemas.js';

/** The consent page and its answer. */
@AuthController()
export class ConsentController {
  constructor(
    private readonly authorizations: AuthorizeService,
    private readonly sessions: BrowserSession,
    private readonly pages: InteractionPages,
    private readonly replies: AuthorizationReplies,
    private readonly queries: OAuthQueries,
  ) {}

  @OAuthEndpoint('GET', 'consent', { page: true, summary: 'The page of consent', hidden: true })
  async ask(
    @Headers() headers: HeaderBag,
    @Query({ schema: RequestQuery }) query: z.infer<typeof RequestQuery>,
  ): Promise<HttpReply> {
    return this.pages.consent(query.request, await this.sessions.principal(headers));
  }

  @SessionAuth()
  @OAuthEndpoint('POST', 'consent', {
    form: true,
    page: true,
    id: 'answerConsent',
    summary: 'Allow or deny an authorization request',
    description:
      'Names the request by `consent_code`, by `oauth_query`, or by the cookie that came with the redirect to the consent page. JSON answers tell where the browser goes.',
    example: { accept: true },
    response: ContinuationAnswer,
    answers: { 303: { text: 'For forms: redirects the browser', types: ['text/html'] } },
    errors: { 400: 'invalid_request, invalid_signature, invalid_scope', 401: 'unauthorized', 403: 'access_denied' },
  })
  async answer(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Req() request: GuardedRequest,
    @Body({ schema: ConsentBody }) body: z.infer<typeof ConsentBody>,
  ): Promise<HttpReply> {
    const handle = await this.queries.handleOf(
      { handle: body.consent_code, oauthQuery: body.oauth_query },
      request.headers,
    );
    const result = await this.authorizations.consent(handle, principal, {
      accept: body.accept,
      scopes: body.scope ?? null,
    });
    return this.replies.of(result, { json: isScript(request), status: 303, ownForm: request.headers });
  }
}

/** The form of the built-in page gets a redirect, everything else JSON. */
function isScript(request: GuardedRequest): boolean {
  return contextOf(request).bodyKind !== 'form' || wantsJson(request.headers);
}
