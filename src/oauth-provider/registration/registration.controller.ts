import { Body, Headers, Param } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import { HttpReply } from '../../common/http/request/reply.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { ClientConfigurations } from './client-configurations.js';
import { ClientRegistrations } from './client-registrations.js';
import { Registrants } from './registrants.js';
import { ClientInformationAnswer } from '../clients/client.answers.js';
import { CLIENT_EXAMPLE, ClientMetadataBody } from '../clients/client.schemas.js';
import { RegistrantAuth } from './registrant.guard.js';

const TAG = 'OAuth clients';
const FAULTS = { 400: 'invalid_redirect_uri, invalid_client_metadata', 413: 'invalid_client_metadata' };
const CONFIGURATION_FAULTS = { 401: 'invalid_token', 409: 'invalid_request: the client was changed meanwhile' };

/** Registration (RFC 7591, OIDC Registration) and the client configuration endpoint (RFC 7592), under both of their names. */
@AuthController()
export class RegistrationController {
  constructor(
    private readonly registrants: Registrants,
    private readonly registrations: ClientRegistrations,
    private readonly configurations: ClientConfigurations,
  ) {}

  @RegistrantAuth()
  @OAuthEndpoint('POST', 'register', {
    methods: 'POST',
    crossSite: true,
    browsers: 'registrants',
    tag: TAG,
    credentials: ['session', 'bearer', 'initialAccessToken', 'none'],
    example: CLIENT_EXAMPLE,
    id: 'registerClient',
    summary: 'Register a client (RFC 7591)',
    description:
      'With a session, an initial access token, or by anybody, as the server is configured. `jwks` and `metadata` are taken as objects and as texts of JSON.',
    response: ClientInformationAnswer,
    status: 201,
    errors: { ...FAULTS, 401: 'invalid_token', 403: 'access_denied', 429: 'temporarily_unavailable' },
  })
  async register(
    @Headers() headers: HeaderBag,
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @Body({ schema: ClientMetadataBody }) body: z.infer<typeof ClientMetadataBody>,
  ): Promise<HttpReply> {
    const registrant = await this.registrants.identify(headers, principal);
    return new HttpReply(await this.registrations.register(registrant, body, true)).header('Pragma', 'no-cache');
  }

  @OAuthEndpoint('GET', 'register/:clientId', {
    browsers: 'registrants',
    tag: TAG,
    credentials: ['registrationAccessToken'],
    id: 'readRegisteredClient',
    summary: 'Read a client with its registration access token (RFC 7592 2.1)',
    response: ClientInformationAnswer,
    errors: CONFIGURATION_FAULTS,
  })
  read(@Headers() headers: HeaderBag, @Param('clientId') clientId: string) {
    return this.configurations.read(clientId, headers);
  }

  @OAuthEndpoint('PUT', 'register/:clientId', {
    crossSite: true,
    browsers: 'registrants',
    tag: TAG,
    credentials: ['registrationAccessToken'],
    example: CLIENT_EXAMPLE,
    id: 'replaceRegisteredClient',
    summary: 'Replace what a client registered (RFC 7592 2.2)',
    response: ClientInformationAnswer,
    errors: { ...FAULTS, ...CONFIGURATION_FAULTS },
  })
  replace(
    @Headers() headers: HeaderBag,
    @Param('clientId') clientId: string,
    @Body({ schema: ClientMetadataBody }) body: z.infer<typeof ClientMetadataBody>,
  ) {
    return this.configurations.replace(clientId, headers, body);
  }

  @OAuthEndpoint('DELETE', 'register/:clientId', {
    crossSite: true,
    browsers: 'registrants',
    tag: TAG,
    credentials: ['registrationAccessToken'],
    id: 'deleteRegisteredClient',
    summary: 'Delete a client (RFC 7592 2.3)',
    status: 204,
    errors: CONFIGURATION_FAULTS,
  })
  delete(@Headers() headers: HeaderBag, @Param('clientId') clientId: string): Promise<void> {
    return this.configurations.delete(clientId, headers);
  }
}
