import type { SecretBox } from '../../common/secrets/secret-box.js';
import type { ClientRow } from './client.store.js';

/** Binds a sealed secret to its client: it opens for no other. */
export function clientSecretContext(clientId: string): string {
  return `client-secret:${clientId}`;
}

/** The client's live secrets that are HMAC keys: the current one, and the previous one during an overlap. */
export function liveSecrets(row: ClientRow, box: SecretBox): string[] {
  const sealed = [row.secret_live ? row.secret_box : null, row.previous_secret_live ? row.previous_secret_box : null];
  return sealed.flatMap((one) => (one && box.open(one, clientSecretContext(row.client_id))) ?? []);
}
