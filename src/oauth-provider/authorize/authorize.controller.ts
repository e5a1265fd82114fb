import { Body, Headers, HttpCode, Query, Req } from '@nestjs/common';
import { BrowserSession } from '../../common/guards/browser-session.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import { nothingForHead, type HttpReply } from '../../common/http/request/reply.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import { wantsJson } from '../../common/http/request/wants-json.js';
import { AuthorizationRequestParameters, ContinuationAnswer } from './authorize.schemas.js';
import { AuthorizationReplies } from './authorization.replies.js';
import { AuthorizeService } from './authorize.service.js';

const EXAMPLE = {
  client_id: 'demo-app',
  response_type: 'code',
  redirect_uri: 'http://localhost:8080/callback',
  scope: 'openid profile',
  state: 'af0ifjsldkj',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};

const CONTRACT = {
  methods: 'GET, HEAD, POST',
  browsers: 'nobody',
  page: true,
  credentials: ['session', 'none'],
  answers: {
    200: { text: 'For scripts: where to go. For browsers: a page', response: ContinuationAnswer, types: ['text/html'] },
  },
  errors: {
    400: 'invalid_request: client and redirect address are not proven; after that, errors go to the client',
    401: 'invalid_client',
    403: 'access_denied',
    429: 'temporarily_unavailable',
  },
} as const;

/** The authorization endpoint (RFC 6749 3.1), under both of its names. */
@AuthController()
export class AuthorizeController {
  constructor(
    private readonly authorizations: AuthorizeService,
    private readonly sessions: BrowserSession,
    private readonly replies: AuthorizationReplies,
  ) {}

  /** A redirect sets its own status; JSON for scripts and pages have 200. */
  @HttpCode(200)
  @OAuthEndpoint('GET', 'authorize', {
    ...CONTRACT,
    query: AuthorizationRequestParameters,
    id: 'authorize',
    summary: 'Ask a user for an authorization code (RFC 6749 4.1.1, OIDC Core 3.1.2.1)',
    description: 'For browsers: redirects. A script that fetches it gets `{ redirect: true, url }`.',
    status: 302,
  })
  async authorize(
    @Headers() headers: HeaderBag,
    @Query() query: unknown,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    if (request.method === 'HEAD') return nothingForHead();
    const result = await this.authorizations.begin(query, await this.sessions.principal(headers));
    return this.replies.of(result, { json: wantsJson(headers), status: 302, begins: true });
  }

  /** A form from another site brings no cookie (SameSite=Lax); the redirect that follows does. */
  @OAuthEndpoint('POST', 'authorize', {
    ...CONTRACT,
    form: true,
    crossSite: true,
    body: AuthorizationRequestParameters,
    example: EXAMPLE,
    id: 'authorizeByForm',
    summary: 'Ask for an authorization code by a form (OIDC Core 3.1.2.1)',
    status: 303,
  })
  async authorizeByForm(@Headers() headers: HeaderBag, @Body() body: unknown): Promise<HttpReply> {
    const result = await this.authorizations.begin(body, 'unknown');
    return this.replies.of(result, { json: wantsJson(headers), status: 303, begins: true });
  }
}
