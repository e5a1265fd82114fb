import { Body, Headers, HttpCode, Post } from '@nestjs/common';
import { TokenEndpoint } from '../../common/grants/token-endpoint.js';
import { AuthController } from '../../common/http/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/describe-route.js';
import type { HeaderBag } from '../../common/http/headers.js';
import { HttpReply } from '../../common/http/reply.js';
import { AcceptsForm, CrossSite } from '../../common/http/request.guard.js';

/** The token endpoint, under both of its names. */
@AuthController()
export class TokenController {
  constructor(private readonly endpoint: TokenEndpoint) {}

  @Post(['oauth2/token', 'oauth/token'])
  @HttpCode(200)
  @CrossSite()
  @AcceptsForm()
  @DescribeRoute({
    tag: 'OAuth',
    summary: 'Tokens for a grant (RFC 6749 3.2)',
    shape: 'oauth',
    errors: {
      400: 'invalid_request, invalid_grant, invalid_scope, invalid_target, unauthorized_client, unsupported_grant_type',
      401: 'invalid_client',
    },
  })
  async token(@Headers() headers: HeaderBag, @Body() body: unknown): Promise<HttpReply> {
    return new HttpReply(await this.endpoint.answer(headers, body)).header('Pragma', 'no-cache');
  }
}
