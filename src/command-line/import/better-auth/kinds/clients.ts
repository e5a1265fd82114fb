import { digestToBytes } from '../../../../common/crypto.js';
import { AuthError } from '../../../../common/errors/auth-error.js';
import { clientSubject } from '../../../../common/subjects/client-subject.js';
import { scriptOriginsOf } from '../../../../oauth-provider/clients/metadata/client-metadata.js';
import type { ImportContext, Kind, Mapped } from '../kind.js';
import { mappedOrFault } from '../row-mover.js';
import { asDate, asText, type SourceRow } from '../source-values.js';
import { toBytes } from '../target-rows.js';
import { clientMetadataOf, clientPolicyOf } from './client-metadata.js';

/** SHA-256 as base64url, how better-auth keeps secrets unless it is told otherwise. */
const DIGEST = /^[A-Za-z0-9_-]{43}$/;

/** OAuth clients with their secrets. Their ids stay. */
export const CLIENTS: Kind = {
  name: 'OAuth clients',
  model: 'oauthClient',
  table: { name: 'auth_oauth_client', key: 'client_id' },
  taken: 'a client with its id is here already',
  remedy: 'disable it here with `nest-authority client disable`, if that is right',
  map: mapClients,
};

async function mapClients(rows: readonly SourceRow[], { holders }: ImportContext): Promise<Mapped[]> {
  const subjects = rows.map(({ clientId }) => clientSubject(String(clientId)));
  const owners = rows.flatMap(({ userId }) => asText(userId) ?? []);
  const states = await holders.states([...subjects, ...owners]);
  const mapped = rows.map((row, index): Mapped => {
    const state = states.get(subjects[index]!);
    if (row['disabled'] === true && (state === 'living' || state === 'renewed'))
      return { fault: 'disabled there since: disable it here with `nest-authority client disable`' };
    const owner = asText(row['userId']);
    const ownerState = owner === null ? 'unknown' : states.get(owner);
    return mappedOrFault(() => toClient(row, ownerState === 'living' || ownerState === 'renewed' ? owner : null));
  });
  const good = rows.filter((_, index) => 'row' in mapped[index]!);
  const idsOf = (some: readonly SourceRow[]) => some.map(({ clientId }) => clientSubject(String(clientId)));
  const disabled = idsOf(good.filter((row) => row['disabled'] === true));
  await holders.ensure(idsOf(good), new Map(disabled.map((id) => [id, { reason: null, until: null }])));
  return mapped;
}

function toClient(row: SourceRow, owner: string | null): Mapped {
  if (asText(row['clientDiscoveryId'])) return { left: 'it describes itself by a document, which is not offered here' };
  if (row['subjectType'] === 'pairwise')
    return { fault: 'its users would have other identifiers here (pairwise subjects)' };
  if (row['dpopBoundAccessTokens'] === true)
    return { fault: 'its tokens are bound to a key (DPoP), which is not offered here' };
  const secret = asText(row['clientSecret']);
  if (secret !== null && !DIGEST.test(secret))
    return { fault: 'its secret is encrypted, or hashed in a way that is not known here: register it anew' };
  try {
    const metadata = clientMetadataOf(row, secret !== null);
    const createdAt = asDate(row['createdAt']) ?? new Date();
    const values = {
      client_id: String(row['clientId']),
      registered_by: owner === null ? 'administration' : 'user',
      owner_id: owner,
      metadata,
      policy: clientPolicyOf(row, metadata),
      origins: scriptOriginsOf(metadata),
      secret_hash: secret === null ? null : toBytes(digestToBytes(secret)),
      created_at: createdAt,
      updated_at: asDate(row['updatedAt']) ?? createdAt,
    };
    const needsSecret = metadata.token_endpoint_auth_method.startsWith('client_secret');
    if (needsSecret && secret === null) return { fault: 'it proves itself by a secret, and has none' };
    return { row: values };
  } catch (error) {
    if (error instanceof AuthError) return { fault: error.description };
    throw error;
  }
}
