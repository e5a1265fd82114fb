import { Body, Get, Headers, HttpCode, Post, Query, Req } from '@nestjs/common';
import { AuthController } from '../../common/http/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/describe-route.js';
import type { HeaderBag } from '../../common/http/headers.js';
import { nothingForHead, type HttpReply } from '../../common/http/reply.js';
import type { GuardedRequest } from '../../common/http/request-scope.js';
import { AcceptsForm, CrossSite, RendersPage } from '../../common/http/request.guard.js';
import { LogoutService } from './logout.service.js';

const NAMES = ['end-session', 'endsession', 'logout'];
const ROUTES = ['oauth2', 'oauth'].flatMap((folder) => NAMES.map((name) => `${folder}/${name}`));
const TAG = 'OAuth';

/** The `end_session_endpoint`, under each of its names. */
@AuthController()
export class EndSessionController {
  constructor(private readonly logout: LogoutService) {}

  @RendersPage()
  @Get(ROUTES)
  @HttpCode(302)
  @DescribeRoute({
    tag: TAG,
    summary: 'Logout that a client begins (OIDC RP-Initiated Logout 2)',
    description:
      'With an id_token_hint for the session of this browser it ends; otherwise a page asks the user. Then the browser is sent to post_logout_redirect_uri, if that is registered. A script that fetches it gets `{ redirect: true, url }`, or null when there is nowhere to go.',
    status: 302,
    shape: 'oauth',
    errors: { 400: 'a page with the reason' },
  })
  async begin(
    @Headers() headers: HeaderBag,
    @Query() query: unknown,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    if (request.method === 'HEAD') return nothingForHead();
    return this.logout.begin(headers, query);
  }

  @RendersPage()
  @Post(ROUTES)
  @HttpCode(303)
  @CrossSite()
  @AcceptsForm()
  @DescribeRoute({
    tag: TAG,
    summary: 'Logout that a client begins, by form',
    status: 303,
    shape: 'oauth',
    errors: { 400: 'a page with the reason' },
  })
  beginByForm(@Headers() headers: HeaderBag, @Body() body: unknown): Promise<HttpReply> {
    return this.logout.beginByForm(headers, body);
  }

  @RendersPage()
  @Post(['oauth2/end-session/confirm', 'oauth/end-session/confirm'])
  @HttpCode(303)
  @AcceptsForm()
  @DescribeRoute({ tag: TAG, summary: "The user's yes to a logout", status: 303, shape: 'oauth', hidden: true })
  confirm(@Headers() headers: HeaderBag, @Body() body: unknown): Promise<HttpReply> {
    return this.logout.confirm(headers, body);
  }
}
