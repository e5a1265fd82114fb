import { Body, Get, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { AuthController } from '../../common/http/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/describe-route.js';
import type { HttpReply } from '../../common/http/reply.js';
import { AcceptsForm, CrossSite } from '../../common/http/request.guard.js';
import { scopeOf, type GuardedRequest } from '../../common/http/request-scope.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import { UserinfoAnswer } from './userinfo.schemas.js';
import { Userinfo } from './userinfo.js';

/** Where userinfo is, relative to the route prefix. */
export const USERINFO_PATHS = ['oauth2/userinfo', 'oauth/userinfo'];
const DESCRIPTION = {
  tag: 'OAuth',
  summary: 'Claims about the user of an access token (OIDC Core 5.3)',
  shape: 'oauth',
  response: UserinfoAnswer,
  errors: { 400: 'invalid_request', 401: 'invalid_token', 403: 'insufficient_scope' },
} as const;

/** The userinfo endpoint. It takes an access token and nothing else: no cookie, and no session token. */
@AuthController()
export class UserinfoController {
  constructor(
    private readonly userinfo: Userinfo,
    @Inject(CORE_SETTINGS) private readonly settings: CoreSettings,
  ) {}

  @Get(USERINFO_PATHS)
  @DescribeRoute(DESCRIPTION)
  get(@Req() request: GuardedRequest, @Query() query: unknown): Promise<HttpReply> {
    return this.answer(request, query, null);
  }

  @Post(USERINFO_PATHS)
  @HttpCode(200)
  @CrossSite()
  @AcceptsForm()
  @DescribeRoute({ ...DESCRIPTION, description: 'The token may also be the form field `access_token` (RFC 6750 2.2).' })
  post(@Req() request: GuardedRequest, @Query() query: unknown, @Body() body: unknown): Promise<HttpReply> {
    return this.answer(request, query, scopeOf(request).bodyKind === 'form' ? body : null);
  }

  private answer(request: GuardedRequest, query: unknown, form: unknown): Promise<HttpReply> {
    scopeOf(request).challenge = { schemes: ['Bearer'], realm: this.settings.issuerUrl.host };
    return this.userinfo.answer({ request, query, form });
  }
}
