import { Body, Headers, HttpCode, Query, Req } from '@nestjs/common';
import { BrowserSession } from '../../common/guards/browser-session.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import { nothingForHead, type HttpReply } from '../../common/http/request/reply.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import { wantsJson } from '../../common/http/request/wants-json.js';
import { AuthorizationReplies } from './authorization.replies.js';
import { AuthorizeService } from './authorize.service.js';

const CONTRACT = {
  methods: 'GET, HEAD, POST',
  page: true,
  errors: { 400: 'A page, while client and redirect address are not proven; after that errors go to the client.' },
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
    summary: 'The same by a form',
    status: 303,
  })
  async authorizeByForm(@Headers() headers: HeaderBag, @Body() body: unknown): Promise<HttpReply> {
    const result = await this.authorizations.begin(body, 'unknown');
    return this.replies.of(result, { json: wantsJson(headers), status: 303, begins: true });
  }
}
