import { Body, Headers } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { presentedClient } from '../../common/grants/client-authentication.js';
import { readForm } from '../../common/grants/oauth-form.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import { ClientAuthenticator } from '../clients/authentication/client.authenticator.js';
import { RevocationAnswer, RevocationBody } from './revocation.schemas.js';
import { RevocationService } from './revocation.service.js';

/** Revocation (RFC 7009), under both of its names. */
@AuthController()
export class RevocationController {
  constructor(
    private readonly clients: ClientAuthenticator,
    private readonly revocation: RevocationService,
  ) {}

  /**
   * RFC 7009 2.2: 200, whether or not the token existed. The body does not matter; `{}` suits clients that parse JSON. `token_type_hint` is
   * not needed to find the token.
   */
  @OAuthEndpoint('POST', 'revoke', {
    methods: 'POST',
    form: true,
    crossSite: true,
    browsers: 'clients',
    credentials: ['clientBasic', 'none'],
    body: RevocationBody,
    example: { token: 'nat_…', client_id: 'demo-app' },
    response: RevocationAnswer,
    id: 'revokeToken',
    summary: 'Ends a token (RFC 7009)',
    description:
      'A refresh token ends with every token of its grant. Unknown tokens and those of other clients: 200, no effect.',
    errors: { 400: 'invalid_request', 401: 'invalid_client' },
  })
  async revoke(@Headers() headers: HeaderBag, @Body() body: unknown): Promise<Record<string, never>> {
    const { parameters } = readForm(body);
    const client = await this.clients.authenticate(presentedClient(headers, parameters), 'revoke');
    const { token } = parameters;
    if (token === undefined) throw AuthError.invalidRequest('token is missing');
    await this.revocation.revoke(client, token);
    return {};
  }
}
