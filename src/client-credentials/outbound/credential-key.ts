import type { SecretBox } from '../../common/secrets/secret-box.js';
import type { ClientAuthentication } from './client-authentication.js';
import type { OutboundUser } from './callers.js';
import type { CredentialKey } from './client-credential.store.js';
import type { OnBehalfOf } from './on-behalf-of.settings.js';
import type { OutboundApplication } from './outbound.settings.js';
import type { UsableProvider } from './provider.settings.js';

/**
 * Key of the row of an application under its configuration. A token of another tenant, client, secret, scope or authority is in another row and
 * is never found (T110), nor is that of another user, or of another credential of the same user (T171). An HMAC, so that a copy of the table does not help to guess the secret.
 */
export function credentialKey(
  box: SecretBox,
  application: OutboundApplication,
  provider: UsableProvider,
  user: Pick<OutboundUser, 'identity'> | null,
): CredentialKey {
  const parts = [
    'nest-authority client credential 1',
    provider.kind,
    provider.endpoint,
    provider.clientId,
    credentialOf(provider.authentication),
    application.scope,
    Object.entries(application.parameters).toSorted(([left], [right]) => (left < right ? -1 : 1)),
    ...(user ? [flowOf(application.onBehalfOf!), user.identity] : []),
  ];
  return {
    applicationName: application.name,
    configuration: Buffer.from(box.sign(JSON.stringify(parts)), 'base64'),
  };
}

/** Of functions only that there is one: what they make is new for every request. */
function flowOf({ flow, subjectToken, subjectTokenType, actorToken, actorTokenType }: OnBehalfOf): readonly unknown[] {
  const source = typeof subjectToken === 'function' ? 'made' : subjectToken;
  return [flow, source, subjectTokenType, actorToken === null ? null : actorTokenType];
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
