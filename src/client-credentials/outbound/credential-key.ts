import type { SecretBox } from '../../common/secrets/secret-box.js';
import type { ClientAuthentication } from './client-authentication.js';
import type { CredentialKey } from './client-credential.store.js';
import type { OutboundApplication } from './outbound.settings.js';
import type { UsableProvider } from './provider.settings.js';

/**
 * Key of the row of an application under its configuration. A token of another tenant, client, secret, scope or authority is in another row and
 * is never found (T110). An HMAC, so that a copy of the table does not help to guess the secret.
 */
export function credentialKey(
  box: SecretBox,
  application: OutboundApplication,
  provider: UsableProvider,
): CredentialKey {
  const parts = [
    'nest-authority client credential 1',
    provider.kind,
    provider.endpoint,
    provider.clientId,
    credentialOf(provider.authentication),
    application.scope,
    Object.entries(application.parameters).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  ];
  return {
    applicationName: application.name,
    configuration: Buffer.from(box.sign(JSON.stringify(parts)), 'base64'),
  };
}

function credentialOf(authentication: ClientAuthentication): readonly string[] {
  switch (authentication.method) {
    case 'private_key_jwt':
      return [authentication.method, authentication.algorithm, authentication.thumbprint];
    // The assertion is new for every request; only the client counts.
    case 'assertion':
      return [authentication.method];
    default:
      return [authentication.method, authentication.secret];
  }
}
