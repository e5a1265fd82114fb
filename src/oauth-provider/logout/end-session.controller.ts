import { Body, Headers, Query, Req } from '@nestjs/common';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import { nothingForHead, type HttpReply } from '../../common/http/request/reply.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import { LogoutAnswer, LogoutParameters } from './logout.schemas.js';
import { LogoutService } from './logout.service.js';

const CONTRACT = {
  aliases: ['endsession', 'logout'],
  methods: 'GET, HEAD, POST',
  page: true,
  credentials: ['session', 'none'],
  headers: ['Set-Cookie'],
  answers: {
    200: { text: 'For scripts: where to go. For browsers: a page', response: LogoutAnswer, types: ['text/html'] },
  },
  errors: { 400: 'invalid_request' },
} as const;

/** The `end_session_endpoint`, under all its names. */
@AuthController()
export class EndSessionController {
  constructor(private readonly logout: LogoutService) {}

  @OAuthEndpoint('GET', 'end-session', {
    ...CONTRACT,
    query: LogoutParameters,
    id: 'endSession',
    summary: 'Logout that a client begins (OIDC RP-Initiated Logout 2)',
    description:
      'With an id_token_hint for the session of this browser it ends; otherwise a page asks the user. Then the browser is sent to post_logout_redirect_uri, if that is registered. A script that fetches it gets `{ redirect: true, url }`, or null when there is nowhere to go.',
    status: 302,
  })
  async begin(
    @Headers() headers: HeaderBag,
    @Query() query: unknown,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    if (request.method === 'HEAD') return nothingForHead();
    return this.logout.begin(headers, query);
  }

  @OAuthEndpoint('POST', 'end-session', {
    ...CONTRACT,
    form: true,
    crossSite: true,
    body: LogoutParameters,
    example: { client_id: 'demo-web' },
    id: 'endSessionByForm',
    summary: 'Logout that a client begins, by form',
    status: 303,
  })
  beginByForm(@Headers() headers: HeaderBag, @Body() body: unknown): Promise<HttpReply> {
    return this.logout.beginByForm(headers, body);
  }

  @OAuthEndpoint('POST', 'end-session/confirm', {
    form: true,
    page: true,
    summary: "The user's yes to a logout",
    status: 303,
    hidden: true,
  })
  confirm(@Headers() headers: HeaderBag, @Body() body: unknown): Promise<HttpReply> {
    return this.logout.confirm(headers, body);
  }
}
