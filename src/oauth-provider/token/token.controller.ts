import { Req } from '@nestjs/common';
import { TokenBody, TokenResponseAnswer } from '../../common/grants/oauth.schemas.js';
import { TokenEndpoint } from '../../common/grants/token-endpoint.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import type { HttpReply } from '../../common/http/request/reply.js';

/** The token endpoint, under both of its names. */
@AuthController()
export class TokenController {
  constructor(private readonly endpoint: TokenEndpoint) {}

  @OAuthEndpoint('POST', 'token', {
    methods: 'POST',
    form: true,
    crossSite: true,
    browsers: 'clients',
    credentials: ['clientBasic', 'none'],
    body: TokenBody,
    takesProof: true,
    example: { grant_type: 'client_credentials', client_id: 'demo-service', client_secret: 'demo-service-secret' },
    response: TokenResponseAnswer,
    id: 'exchangeToken',
    summary: 'Tokens for a grant (RFC 6749 3.2)',
    description:
      'A confidential client proves itself by HTTP Basic, or in the body by its secret or an assertion; a public client sends its `client_id` alone.',
    errors: {
      400: 'invalid_dpop_proof, use_dpop_nonce, invalid_request, invalid_grant, invalid_scope, invalid_target, unauthorized_client, unsupported_grant_type',
      401: 'invalid_client',
    },
  })
  token(@Req() request: GuardedRequest): Promise<HttpReply> {
    return this.endpoint.answer(request);
  }
}
