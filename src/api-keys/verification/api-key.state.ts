import { BlockList } from 'node:net';
import { isIPv6 } from 'node:net';
import { parseRange } from '../../common/http/request/client-address.js';
import { createPrincipal, type AuthPrincipal } from '../../common/principal/auth-principal.js';
import type { ApiKeyOwner } from '../api-keys.options.js';
import type { ConfigurationSettings } from '../api-keys.settings.js';
import { toActor, type ApiKeyAgent } from '../keys/api-key.agent.js';
import type { ApiKeyRow } from '../keys/api-key.columns.js';
import { effectiveLimit } from '../keys/api-key.view.js';
import { ownerOf } from '../keys/api-key.owner.js';
import type { Permissions } from '../../common/principal/permissions.js';

/** `claims.apiKey` of a principal; what `@CurrentApiKey()` gives. */
export interface AuthenticatedApiKey {
  readonly id: string;
  readonly configId: string;
  readonly name: string | null;
  readonly owner: ApiKeyOwner;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly permissions: Permissions | null;
  /** Whom it was made for; `actor` of the principal says the same. Null: its owner uses it. */
  readonly agent: ApiKeyAgent | null;
  /** Id of the key that it was delegated from; null: it was not delegated. */
  readonly delegatedFrom: string | null;
}

/** What is cached of a valid key, besides its principal. */
export interface ApiKeyState {
  readonly row: ApiKeyRow;
  readonly configuration: ConfigurationSettings;
  /** Whether a request spends anything. */
  readonly isLimited: boolean;
  /** Null: it may be used from anywhere. */
  readonly allowed: BlockList | null;
}

export function toState(row: ApiKeyRow, configuration: ConfigurationSettings): ApiKeyState {
  return {
    row,
    configuration,
    isLimited: row.remaining !== null || effectiveLimit(row, configuration) !== null,
    allowed: toAllowList(row.allowedIps),
  };
}

export function isAllowedFrom({ allowed }: ApiKeyState, address: string | null): boolean {
  if (allowed === null) return true;
  // An unknown address is on no list.
  return address !== null && allowed.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** A key of an organisation or a service is never a user, even if its owner's id looks like one. */
export function toApiKeyPrincipal(row: ApiKeyRow): AuthPrincipal {
  return createPrincipal({
    kind: row.ownerKind === 'user' ? 'user' : 'client',
    subjectId: row.referenceId,
    scheme: 'apiKey',
    credentialType: 'api_key',
    credentialId: row.id,
    scopes: row.scopes,
    expiresAt: row.expiresAt,
    actor: row.agent && toActor(row.agent),
    claims: { apiKey: toCurrentKey(row) },
  });
}

function toCurrentKey(row: ApiKeyRow): AuthenticatedApiKey {
  return deepFreeze({
    id: row.id,
    configId: row.configId,
    name: row.name,
    owner: ownerOf(row),
    metadata: row.metadata,
    permissions: row.permissions,
    agent: row.agent,
    delegatedFrom: row.delegatedFrom,
  });
}

function toAllowList(ranges: readonly string[]): BlockList | null {
  if (ranges.length === 0) return null;
  const list = new BlockList();
  for (const range of ranges.flatMap((text) => parseRange(text) ?? []))
    list.addSubnet(range.address, range.prefix, range.family);
  return list;
}

/** Depth is bounded by what the store accepts. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
