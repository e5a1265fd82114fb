import { AuthError } from '../../common/errors/auth-error.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import type { BrowserUser } from '../codes/authorization-parameters.js';
import type { OAuthProviderSettings } from '../oauth-provider.settings.js';

/** The host's objection, which goes to the client like a refusal by the user; null: none. */
export async function vetoOf(
  { hooks }: Pick<OAuthProviderSettings, 'hooks'>,
  client: RegisteredClient,
  { subjectId }: BrowserUser,
  scopes: readonly string[],
): Promise<AuthError | null> {
  try {
    await hooks.beforeAuthorization?.({ subjectId, client, scopes });
    return null;
  } catch (error) {
    if (error instanceof AuthError && error.status < 500) return error;
    throw error;
  }
}
