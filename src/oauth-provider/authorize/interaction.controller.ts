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
import { GetAlone } from '../../common/http/origins/request.guard.js';
import { bodySchema } from '../../common/http/request/schema.pipe.js';
import { wantsJson } from '../../common/http/request/wants-json.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { AuthorizationReplies } from './authorization.replies.js';
import { ContinuationAnswer } from './authorize.schemas.js';
import { AuthorizeService } from './authorize.service.js';
import { InteractionPages } from './interaction.pages.js';
import { OAuthQueries } from './oauth-queries.js';

const RequestQuery = z.object({ request: z.string().max(256) });
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const ContinueBody = bodySchema('AuthContinueBody', {
  selected: flag.optional().meta({ description: 'The user has picked the account that is signed in.' }),
  created: flag.optional().meta({ description: 'The user has made an account.' }),
  postLogin: flag.optional().meta({ description: 'The user has done what your page after the sign-in asked.' }),
  account: z.string().max(1_024).optional().meta({ description: 'The id that the user was shown; beside `selected`.' }),
  oauth_query: z.string().max(16_384).optional().meta({ description: 'The query that the page was called with.' }),
  request: z.string().max(256).optional().meta({ description: 'The handle of the request, on pages of ours.' }),
});

/** Resumes waiting requests, and shows the account page. */
@AuthController()
export class InteractionController {
  constructor(
    private readonly authorizations: AuthorizeService,
    private readonly sessions: BrowserSession,
    private readonly pages: InteractionPages,
    private readonly replies: AuthorizationReplies,
    private readonly queries: OAuthQueries,
  ) {}

  /** Takes only the handle: the parameters that were validated and stored count (T065). */
  @OAuthEndpoint('GET', 'continue', { page: true, summary: 'Go on with an authorization request', hidden: true })
  @GetAlone()
  async resume(
    @Headers() headers: HeaderBag,
    @Query({ schema: RequestQuery }) query: z.infer<typeof RequestQuery>,
  ): Promise<HttpReply> {
    const result = await this.authorizations.resume(query.request, await this.sessions.principal(headers));
    return this.replies.of(result, { json: wantsJson(headers), status: 302 });
  }

  @SessionAuth()
  @OAuthEndpoint('POST', 'continue', {
    form: true,
    page: true,
    id: 'continueAuthorization',
    summary: "Go on from a page of the host's own",
    description:
      '`selected` says that the signed-in account is the one the user picked; with `account`, the id they were shown, only while it is that one.',
    example: { selected: true },
    response: ContinuationAnswer,
    answers: { 303: { text: 'For forms: redirects the browser', types: ['text/html'] } },
    errors: { 400: 'invalid_request', 401: 'unauthorized', 404: 'invalid_request: there is no such request' },
  })
  async continue(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Req() request: GuardedRequest,
    @Body({ schema: ContinueBody }) body: z.infer<typeof ContinueBody>,
  ): Promise<HttpReply> {
    const handle = await this.queries.handleOf({ handle: body.request, oauthQuery: body.oauth_query }, request.headers);
    const result = body.selected
      ? await this.authorizations.selectAccount(handle, principal, body.account ?? null)
      : await this.authorizations.resume(handle, principal);
    const { headers } = request;
    const isForm = body.request !== undefined || contextOf(request).bodyKind === 'form';
    return this.replies.of(result, { json: !isForm || wantsJson(headers), status: 303, ownForm: headers });
  }

  @OAuthEndpoint('GET', 'select-account', { page: true, summary: 'The page of accounts', hidden: true })
  async accounts(
    @Headers() headers: HeaderBag,
    @Query({ schema: RequestQuery }) query: z.infer<typeof RequestQuery>,
  ): Promise<HttpReply> {
    return this.pages.accounts(query.request, await this.sessions.principal(headers));
  }
}
