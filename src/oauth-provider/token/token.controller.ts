import { Body, Headers } from '@nestjs/common';
import { TokenEndpoint } from '../../common/grants/token-endpoint.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import { HttpReply } from '../../common/http/request/reply.js';

/** The token endpoint, under both of its names. */
@AuthController()
export class TokenController {
  constructor(private readonly endpoint: TokenEndpoint) {}

  @OAuthEndpoint('POST', 'token', {
    methods: 'POST',
    form: true,
    crossSite: true,
    browsers: 'clients',
    summary: 'Tokens for a grant (RFC 6749 3.2)',
    errors: {
      400: 'invalid_request, invalid_grant, invalid_scope, invalid_target, unauthorized_client, unsupported_grant_type',
      401: 'invalid_client',
    },
  })
  async token(@Headers() headers: HeaderBag, @Body() body: unknown): Promise<HttpReply> {
    return new HttpReply(await this.endpoint.answer(headers, body)).header('Pragma', 'no-cache');
  }
}
