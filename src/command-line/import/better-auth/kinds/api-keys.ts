import { isDisplayName, normaliseDisplayName } from '../../../../common/display-name.js';
import { digestToBytes, sha256 } from '../../../../common/crypto.js';
import { PermissionsSchema } from '../../../../api-keys/permissions.schema.js';
import type { ImportContext, Kind, Mapped } from '../kind.js';
import { mappedOrFault } from '../row-mover.js';
import { asDate, asFlag, asNumber, asObject, asText, type SourceRow } from '../source-values.js';
import { TargetHolders } from '../target-holders.js';
import { toBytes } from '../target-rows.js';
import { keyLimitsOf } from './api-key-limits.js';
import { movedId } from './moved-id.js';

/** SHA-256 as base64url, how better-auth keeps keys. */
const DIGEST = /^[A-Za-z0-9_-]{43}$/;
/** The key itself, with `disableKeyHashing`. */
const PLAIN = /^[A-Za-z0-9_-]{0,32}[A-Za-z]{64}$/;

/** API keys with their settings and what they have spent. */
export const API_KEYS: Kind = {
  name: 'API keys',
  model: 'apikey',
  table: { name: 'auth_api_key', key: 'id' },
  taken: 'a key with its hash is here already',
  remedy: 'revoke it here with `nest-authority api-key revoke`, if that is right',
  map: mapKeys,
  ended: {},
};

async function mapKeys(rows: readonly SourceRow[], { holders, source, note }: ImportContext): Promise<Mapped[]> {
  const owners = rows.map(({ referenceId }) => String(referenceId));
  const organizations = await source.organizations(owners);
  // Where ids are numbers. Whose a key is was in the options there, by its configuration, and is in no table.
  const both = await source.existing('user', [...organizations]);
  await holders.ensure(
    [...organizations].map((id) => `organization:${id}`),
    new Map(),
  );
  const states = await holders.states(owners);
  return rows.map((row): Mapped => {
    const owner = String(row['referenceId']);
    const isOfOrganization = organizations.has(owner) && states.get(owner) === 'unknown';
    const expiresAt = asDate(row['expiresAt']);
    if (expiresAt !== null && expiresAt.getTime() <= Date.now()) return { left: 'it has expired' };
    const refusal = isOfOrganization ? null : TargetHolders.refusal(states.get(owner), 'user');
    if (refusal !== null) return { left: refusal };
    if (both.has(owner)) return { fault: `its owner may be a user or an organisation: both have the id ${owner}` };
    return mappedOrFault(() => {
      const mapped = toKey(row, owner, isOfOrganization ? 'organization' : 'user');
      if ('row' in mapped && mapped.row['config_id'] !== 'default')
        note(
          `Some keys are of the configuration "${String(mapped.row['config_id'])}": apiKeys.configurations has to have it.`,
        );
      return mapped;
    });
  });
}

function toKey(row: SourceRow, ownerId: string, ownerKind: 'user' | 'organization'): Mapped {
  const hash = digestOf(asText(row['key']) ?? '');
  if (hash === null) return { fault: 'its hash is of a kind that is not known here' };
  const permissions = PermissionsSchema.nullable().safeParse(asObject('permissions', row['permissions']));
  if (!permissions.success) return { fault: 'permissions are not resources with lists of actions' };
  const limits = keyLimitsOf(row);
  if (typeof limits === 'string') return { fault: limits };
  const name = normaliseDisplayName(asText(row['name']) ?? '');
  const createdAt = asDate(row['createdAt']) ?? new Date();
  return {
    row: {
      id: movedId('apikey', row.id),
      config_id: asText(row['configId']) ?? 'default',
      hash: toBytes(hash),
      prefix: asText(row['prefix']),
      start: asText(row['start']) ?? '',
      name: isDisplayName(name) ? name : null,
      owner_kind: ownerKind,
      owner_id: ownerId,
      created_by: ownerKind === 'user' ? ownerId : null,
      enabled: asFlag(row['enabled']) ?? true,
      metadata: asObject('metadata', row['metadata']),
      permissions: permissions.data,
      scopes: [],
      allowed_ips: [],
      ...limits,
      last_request_at: asDate(row['lastRequest']),
      created_at: createdAt,
      updated_at: asDate(row['updatedAt']) ?? createdAt,
      expires_at: asDate(row['expiresAt']),
      window_held: 0,
      window_taken: 0,
      request_count: asNumber(row['requestCount']) ?? 0,
    },
  };
}

function digestOf(stored: string): Buffer | null {
  if (DIGEST.test(stored)) return digestToBytes(stored);
  return PLAIN.test(stored) ? digestToBytes(sha256(stored)) : null;
}
