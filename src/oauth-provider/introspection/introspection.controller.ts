import { Body, Headers, HttpCode, Post } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { presentedClient } from '../../common/grants/client-authentication.js';
import { readForm } from '../../common/grants/oauth-form.js';
import { AuthController } from '../../common/http/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/describe-route.js';
import type { HeaderBag } from '../../common/http/headers.js';
import { HttpReply } from '../../common/http/reply.js';
import { AcceptsForm, CrossSite } from '../../common/http/request.guard.js';
import { ClientAuthenticator } from '../clients/client-authenticator.js';
import { introspectionSchema } from './introspection.answer.js';
import { IntrospectionService } from './introspection.service.js';

/** Introspection (RFC 7662), under both of its names. */
@AuthController()
export class IntrospectionController {
  constructor(
    private readonly clients: ClientAuthenticator,
    private readonly introspection: IntrospectionService,
  ) {}

  @Post(['oauth2/introspect', 'oauth/introspect'])
  @HttpCode(200)
  @CrossSite()
  @AcceptsForm()
  @DescribeRoute({
    tag: 'OAuth',
    summary: 'Whether a token is good (RFC 7662)',
    description:
      'For confidential clients: the one that the token was given to, or one that stands for its audience. Others learn nothing.',
    response: introspectionSchema,
    shape: 'oauth',
    errors: { 400: 'invalid_request', 401: 'invalid_client' },
  })
  async introspect(@Headers() headers: HeaderBag, @Body() body: unknown): Promise<HttpReply> {
    const { parameters } = readForm(body);
    const client = await this.clients.authenticate(presentedClient(headers, parameters), 'introspect');
    // T086: whoever can name a public client could ask in its name.
    if (client.isPublic) throw AuthError.invalidClient(`client ${client.clientId} is public and asks to introspect`);
    const { token } = parameters;
    if (token === undefined) throw AuthError.invalidRequest('token is missing');
    return new HttpReply(await this.introspection.introspect(client, token)).header('Pragma', 'no-cache');
  }
}
