import { createHash } from 'node:crypto';
import type { StaticClientOptions } from '../../src/index.js';
import type { TestApp } from './app.js';

/** A client that was inserted before its metadata became invalid. */
export async function insertOldClient(host: Pick<TestApp, 'sql'>, client: StaticClientOptions): Promise<void> {
  const { clientId, clientSecret, redirectUris = [], scopes = [], clientCredentialsScopes = [] } = client;
  const metadata = {
    application_type: 'web',
    redirect_uris: redirectUris,
    response_types: ['code'],
    grant_types: [...(redirectUris.length > 0 ? ['authorization_code'] : []), 'client_credentials'],
    token_endpoint_auth_method:
      client.tokenEndpointAuthMethod ?? (clientSecret === undefined ? 'none' : 'client_secret_basic'),
    scope: scopes.join(' '),
    ...client.metadata,
  };
  await host.sql('INSERT INTO auth_subject (subject) VALUES ($1)', [`client:${clientId}`]);
  await host.sql(
    `INSERT INTO auth_oauth_client (client_id, registered_by, metadata, policy, secret_hash)
     VALUES ($1, 'administration', $2, $3, $4)`,
    [
      clientId,
      JSON.stringify(metadata),
      JSON.stringify({ ownScopes: clientCredentialsScopes }),
      clientSecret === undefined ? null : createHash('sha256').update(clientSecret).digest(),
    ],
  );
}
