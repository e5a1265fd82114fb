import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import type { OAuthForm } from '../../common/grants/oauth-form.js';
import type { RegisteredClient } from '../clients/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';

/** Authorization requests inside a JWT (RFC 9101, OIDC Core 6). */
@Injectable()
export class RequestObjects {
  constructor(@Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings) {}

  /**
   * @returns the parameters that count
   * @throws AuthError 400 `request_not_supported`, `request_uri_not_supported`, `registration_not_supported`
   */
  async resolve(form: OAuthForm, _client: RegisteredClient): Promise<OAuthForm> {
    const { request, request_uri: requestUri, registration } = form.parameters;
    if (registration !== undefined)
      throw AuthError.oauth('registration_not_supported', 'The registration parameter is not offered');
    if (request !== undefined && !this.settings.requestObjects)
      throw AuthError.oauth('request_not_supported', 'Request objects are not offered');
    if (requestUri !== undefined && !this.settings.requestObjects)
      throw AuthError.oauth('request_uri_not_supported', 'Request objects are not offered');
    return form;
  }
}
