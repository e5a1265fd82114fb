import { Body, Query, Req } from '@nestjs/common';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import { GuardServices } from '../../common/guards/guard-services.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import type { AuthPolicy } from '../../common/http/routes/auth-policy.js';
import { contextOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { UserinfoAnswer, UserinfoBody } from './userinfo.schemas.js';
import { Userinfo } from './userinfo.js';

const CONTRACT = {
  methods: 'GET, HEAD, POST',
  browsers: 'clients',
  summary: 'Claims about the user of an access token (OIDC Core 5.3)',
  response: UserinfoAnswer,
  takesProof: true,
  types: ['application/jwt'],
  credentials: ['oauth2', 'bearer'],
  errors: {
    400: 'invalid_request',
    401: 'invalid_token, invalid_dpop_proof, use_dpop_nonce',
    403: 'insufficient_scope',
  },
} as const;

/** It is guarded by what it does itself; this says by which schemes. */
const USERINFO_POLICY: AuthPolicy = {
  isPublic: false,
  isOptional: false,
  schemes: new Map([['bearer', undefined]]),
  scopes: [],
  anyScope: [],
  roles: [],
  stepUp: [],
};

/** The userinfo endpoint. It accepts access tokens only: neither cookies nor session tokens. */
@AuthController()
export class UserinfoController {
  constructor(
    private readonly userinfo: Userinfo,
    private readonly guards: GuardServices,
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
    contextOf(request).challenge = this.guards.challengeOf(USERINFO_POLICY, request);
    return this.userinfo.answer({ request, query, form });
  }
}
