import { Body, Inject, Query, Req } from '@nestjs/common';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { contextOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import { UserinfoAnswer, UserinfoBody } from './userinfo.schemas.js';
import { Userinfo } from './userinfo.js';

const CONTRACT = {
  methods: 'GET, HEAD, POST',
  browsers: 'clients',
  summary: 'Claims about the user of an access token (OIDC Core 5.3)',
  response: UserinfoAnswer,
  types: ['application/jwt'],
  credentials: ['oauth2', 'bearer'],
  errors: { 400: 'invalid_request', 401: 'invalid_token', 403: 'insufficient_scope' },
} as const;

/** The userinfo endpoint. It accepts access tokens only: neither cookies nor session tokens. */
@AuthController()
export class UserinfoController {
  constructor(
    private readonly userinfo: Userinfo,
    @Inject(CORE_SETTINGS) private readonly settings: CoreSettings,
  ) {}

  @OAuthEndpoint('GET', 'userinfo', { ...CONTRACT, id: 'getUserinfo' })
  get(@Req() request: GuardedRequest, @Query() query: unknown): Promise<HttpReply> {
    return this.reply(request, query, null);
  }

  @OAuthEndpoint('POST', 'userinfo', {
    ...CONTRACT,
    id: 'getUserinfoByForm',
    body: UserinfoBody,
    example: {},
    form: true,
    crossSite: true,
    description: 'The token may also be the form field `access_token` (RFC 6750 2.2).',
  })
  post(@Req() request: GuardedRequest, @Query() query: unknown, @Body() body: unknown): Promise<HttpReply> {
    return this.reply(request, query, contextOf(request).bodyKind === 'form' ? body : null);
  }

  private reply(request: GuardedRequest, query: unknown, form: unknown): Promise<HttpReply> {
    contextOf(request).challenge = { schemes: ['Bearer'], realm: this.settings.issuerUrl.host };
    return this.userinfo.answer({ request, query, form });
  }
}
