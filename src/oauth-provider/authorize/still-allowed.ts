import { AuthError } from '../../common/errors/auth-error.js';
import { isSubset } from '../../common/principal/scopes.js';
import { invalidDetails } from '../authorization-details/read-authorization-details.js';
import { detailTypesOf } from '../clients/metadata/client-detail-types.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import type { AuthorizationParameters } from '../codes/authorization-parameters.js';
import type { OAuthProviderSettings } from '../oauth-provider.settings.js';
import { allowedResources } from '../token/client-resources.js';

/**
 * Whether what was validated when the request came would pass now as well: what the client may do can have changed since (RFC 9126 4).
 * @throws AuthError 400 `unauthorized_client`, `invalid_scope`, `invalid_target`, `invalid_authorization_details`, `invalid_request`
 */
export function requireStillAllowed(
  client: RegisteredClient,
  { scopes, resources, authorizationDetails = [], codeChallenge, responseMode }: AuthorizationParameters,
  settings: Pick<OAuthProviderSettings, 'resources' | 'issuer' | 'authorizationDetailTypes'>,
): void {
  if (!client.grantTypes.has('authorization_code'))
    throw AuthError.oauth('unauthorized_client', 'This client may not use the authorization code grant');
  if (!isSubset(scopes, client.scopes))
    throw AuthError.oauth('invalid_scope', 'A scope is not for this client any more');
  allowedResources(client, resources, settings);
  const types = detailTypesOf(client, settings.authorizationDetailTypes);
  if (!authorizationDetails.every(({ type }) => types.has(type)))
    throw invalidDetails('A type is not for this client any more');
  if (codeChallenge === null && client.rules.requiresPkce)
    throw AuthError.invalidRequest('code_challenge is required (PKCE with S256)');
  if (!client.rules.responseModes.includes(responseMode))
    throw AuthError.invalidRequest('This client may not ask for this response_mode any more');
}
