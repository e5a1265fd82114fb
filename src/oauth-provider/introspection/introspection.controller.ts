import { Body, Headers } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { presentedClient } from '../../common/grants/client-authentication.js';
import { readForm } from '../../common/grants/oauth-form.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { header, type HeaderBag } from '../../common/http/request/headers.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import { HttpReply } from '../../common/http/request/reply.js';
import { ClientAuthenticator } from '../clients/authentication/client.authenticator.js';
import { IntrospectionBody, introspectionSchema } from './introspection.answer.js';
import { IntrospectionService } from './introspection.service.js';
import { SIGNED_INTROSPECTION, SignedIntrospection, wantsSigned } from './signed-introspection.js';

/** Introspection (RFC 7662), under both of its names. */
@AuthController()
export class IntrospectionController {
  constructor(
    private readonly clients: ClientAuthenticator,
    private readonly introspection: IntrospectionService,
    private readonly signed: SignedIntrospection,
  ) {}

  @OAuthEndpoint('POST', 'introspect', {
    methods: 'POST',
    form: true,
    crossSite: true,
    credentials: ['clientBasic', 'none'],
    body: IntrospectionBody,
    example: { token: 'nat_…', client_id: 'demo-web', client_secret: 'demo-web-secret' },
    id: 'introspectToken',
    summary: 'Whether a token is good (RFC 7662)',
    description:
      'For confidential clients: the one that the token was given to, or one that stands for its audience. Others learn nothing. With `Accept: application/token-introspection+jwt` the answer is signed (RFC 9701).',
    response: introspectionSchema,
    types: [SIGNED_INTROSPECTION],
    errors: { 400: 'invalid_request', 401: 'invalid_client' },
  })
  async introspect(@Headers() headers: HeaderBag, @Body() body: unknown): Promise<HttpReply> {
    const { parameters } = readForm(body);
    const client = await this.clients.authenticate(presentedClient(headers, parameters), 'introspect');
    // T086: anybody can use the id of a public client, so it proves nothing.
    if (client.isPublic) throw AuthError.invalidClient(`client ${client.clientId} is public and asks to introspect`);
    const { token } = parameters;
    if (token === undefined) throw AuthError.invalidRequest('token is missing');
    const answer = await this.introspection.introspect(client, token);
    const reply = wantsSigned(header(headers, 'accept'))
      ? new HttpReply(await this.signed.sign(answer, client)).header('Content-Type', SIGNED_INTROSPECTION)
      : new HttpReply(answer);
    return reply.header('Pragma', 'no-cache');
  }
}
