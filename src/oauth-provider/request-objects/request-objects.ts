import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import type { OAuthForm } from '../../common/grants/oauth-form.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { requestObjectForm } from './request-object.form.js';
import { RequestObjectSource } from './request-object.source.js';
import { RequestObjectVerifier } from './request-object.verifier.js';

/** The parameters that count, and when the object that held them expires. */
export interface ResolvedForm extends OAuthForm {
  /** `exp` of the object, in seconds since 1970; missing: there is no object, or it has none. */
  readonly expiresAtSeconds?: number;
}

/** Authorization requests inside a JWT (RFC 9101, OIDC Core 6). */
@Injectable()
export class RequestObjects {
  constructor(
    private readonly source: RequestObjectSource,
    private readonly verifier: RequestObjectVerifier,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * @param client named by the `client_id` beside the object; not authenticated, but the object must be signed with its keys
   * @returns the parameters that count: only those of the request object (RFC 9101 6.3), or the plain ones when there is none
   * @throws AuthError 400 `request_not_supported`, `request_uri_not_supported`, `registration_not_supported`, `invalid_request`,
   * `invalid_request_uri`, `invalid_request_object`
   */
  async resolve(form: OAuthForm, client: RegisteredClient): Promise<ResolvedForm> {
    const { request: value, request_uri: address, registration } = form.parameters;
    if (registration !== undefined) throw registrationNotSupported();
    if (!this.settings.requestObjects) refuse(value, address);
    if (value !== undefined && address !== undefined)
      throw AuthError.invalidRequest('request and request_uri exclude each other');
    // RFC 9101 10.5: an attacker who may leave the object out may change the parameters.
    if (value === undefined && address === undefined) {
      if (client.rules.requiresSignedRequests)
        throw AuthError.invalidRequest('The request has to be a signed request object');
      return form;
    }
    const object = value ?? (await this.source.fetch(address!, client));
    const claims = await this.verifier.verify(object, client);
    if (claims['registration'] !== undefined) throw registrationNotSupported();
    return { ...requestObjectForm(claims), ...(claims.exp !== undefined && { expiresAtSeconds: claims.exp }) };
  }
}

/** OIDC Core 3.1.2.6. Refused before anything is fetched (T060). */
function refuse(value: string | undefined, address: string | undefined): void {
  if (value !== undefined) throw AuthError.oauth('request_not_supported', 'Request objects are not offered');
  if (address !== undefined) throw AuthError.oauth('request_uri_not_supported', 'Request objects are not offered');
}

function registrationNotSupported(): AuthError {
  return AuthError.oauth('registration_not_supported', 'The registration parameter is not offered');
}
