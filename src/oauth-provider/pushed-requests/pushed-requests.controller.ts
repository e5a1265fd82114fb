import { Req } from '@nestjs/common';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import { PushedRequestAnswer, PushedRequestBody } from './pushed-requests.schemas.js';
import { PushedRequests, type PushedRequest } from './pushed-requests.js';

/** The endpoint for pushed authorization requests (RFC 9126 2), under both of its names. */
@AuthController()
export class PushedRequestsController {
  constructor(private readonly pushed: PushedRequests) {}

  @OAuthEndpoint('POST', 'par', {
    methods: 'POST',
    form: true,
    crossSite: true,
    browsers: 'clients',
    credentials: ['clientBasic', 'none'],
    body: PushedRequestBody,
    example: {
      client_id: 'demo-app',
      response_type: 'code',
      redirect_uri: 'http://localhost:8080/callback',
      scope: 'openid profile',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    },
    response: PushedRequestAnswer,
    status: 201,
    takesProof: true,
    id: 'pushAuthorizationRequest',
    summary: 'Push an authorization request (RFC 9126)',
    description:
      'The parameters of the authorization endpoint, from the client itself, which proves itself as at the token endpoint. The browser then brings `client_id` and `request_uri` alone.',
    errors: {
      400: 'invalid_dpop_proof, use_dpop_nonce, invalid_request, invalid_scope, invalid_target, invalid_request_object, unsupported_response_type, unauthorized_client',
      401: 'invalid_client',
      429: 'temporarily_unavailable',
    },
  })
  push(@Req() request: GuardedRequest): Promise<HttpReply<PushedRequest>> {
    return this.pushed.push(request);
  }
}
