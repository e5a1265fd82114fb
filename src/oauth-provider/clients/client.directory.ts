import { Inject, Injectable } from '@nestjs/common';
import { AuthCaches } from '../../common/cache/auth-caches.js';
import { LoadingCache } from '../../common/cache/loading-cache.js';
import { tag } from '../../common/cache/tags.js';
import { InvalidationChannel } from '../../common/database/invalidation.js';
import { MAX_CLIENT_ID_LENGTH } from '../../common/ports/authorization-server.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import { SecretBox } from '../../common/secrets/secret-box.js';
import { clientSubject } from '../../common/subjects/client-subject.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { isAboutUsers, OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { grantableScopes } from './metadata/client-scopes.js';
import { NO_POLICY, type ClientMetadata } from './metadata/client-metadata.js';
import { clientRules } from './metadata/client-rules.js';
import { ClientNames } from './client-names.js';
import { ClientStore, type ClientRow } from './client.store.js';
import type { RegisteredClient } from './metadata/registered-client.js';
import { staticClientRows } from './static-clients.js';

/** A client with its secrets; never leaves this capability. */
export interface KnownClient {
  readonly client: RegisteredClient;
  readonly row: ClientRow;
}

/** Caches clients, no longer than verified credentials; a change drops them. */
@Injectable()
export class ClientDirectory {
  private readonly known: LoadingCache<KnownClient>;
  private readonly staticRows: ReadonlyMap<string, ClientRow>;

  constructor(
    private readonly store: ClientStore,
    private readonly subjects: SubjectStore,
    private readonly names: ClientNames,
    channel: InvalidationChannel,
    caches: AuthCaches,
    box: SecretBox,
    @Inject(CORE_SETTINGS) core: CoreSettings,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {
    this.known = new LoadingCache({
      max: core.cacheSize,
      ttlMilliseconds: core.cacheTtlSeconds * 1000,
      tagsOf: ({ client }) => [tag('client', client.clientId)],
    });
    this.staticRows = staticClientRows(settings, box);
    channel.subscribe(this.known);
    caches.add('clients', this.known);
  }

  /** @returns null when it is unknown or disabled */
  async find(clientId: string): Promise<RegisteredClient | null> {
    return (await this.findWithSecrets(clientId))?.client ?? null;
  }

  async findWithSecrets(clientId: string): Promise<KnownClient | null> {
    return this.recall(clientId) ?? this.reload(clientId);
  }

  /** From the cache only. */
  recall(clientId: string): KnownClient | undefined {
    return this.known.get(clientId);
  }

  /** Reads it anew, whatever is cached. */
  async reload(clientId: string): Promise<KnownClient | null> {
    if (clientId === '' || clientId.length > MAX_CLIENT_ID_LENGTH) return null;
    return this.known.reload(clientId, async () => {
      const row = await this.load(clientId);
      return !row || row.disabled ? null : { row, client: await this.apartFromUsers(toClient(row, this.settings)) };
    });
  }

  /** Whether options configure it; then it cannot be changed over HTTP. */
  isStatic(clientId: string): boolean {
    return this.staticRows.has(clientId);
  }

  /** The row of a client, disabled or not; never from the cache. */
  async row(clientId: string): Promise<ClientRow | null> {
    return clientId === '' || clientId.length > MAX_CLIENT_ID_LENGTH ? null : this.load(clientId);
  }

  /** Ids of the static clients whose metadata matches; for statements, which only see clients of the table. */
  staticIdsWhere(holds: (metadata: ClientMetadata) => boolean): string[] {
    return [...this.staticRows.values()].filter((row) => holds(row.metadata)).map((row) => row.client_id);
  }

  /** T138. Asked only of clients that have scopes of their own, once per reading. */
  private async apartFromUsers(client: RegisteredClient): Promise<RegisteredClient> {
    if (client.ownScopes.size === 0 || !(await this.names.isTaken(client.clientId))) return client;
    return Object.freeze({ ...client, ownScopes: new Set<string>() });
  }

  /** A static client has no row, but a subject, which says whether it has ended and is locked when tokens are issued. */
  private async load(clientId: string): Promise<ClientRow | null> {
    const row = this.staticRows.get(clientId);
    if (!row) return this.store.find(clientId);
    const epoch = await this.subjects.ensure(clientSubject(clientId));
    return epoch === null ? { ...row, disabled: true } : { ...row, epoch };
  }
}

/** @param row from the table, or from the options */
export function toClient(row: ClientRow, settings: OAuthProviderSettings): RegisteredClient {
  const { metadata } = row;
  const policy = Object.freeze({ ...NO_POLICY, ...row.policy });
  return Object.freeze({
    clientId: row.client_id,
    name: metadata.client_name ?? row.client_id,
    uri: metadata.client_uri ?? null,
    logoUri: metadata.logo_uri ?? null,
    policyUri: metadata.policy_uri ?? null,
    tosUri: metadata.tos_uri ?? null,
    isPublic: metadata.token_endpoint_auth_method === 'none',
    isFirstParty: policy.isFirstParty,
    isVerified: row.registered_by !== 'open',
    grantTypes: new Set(metadata.grant_types),
    scopes: new Set(grantableScopes({ metadata, registeredBy: row.registered_by }, settings)),
    // T106: without a user there are no claims to give, and no offline access.
    ownScopes: new Set(policy.ownScopes.filter((scope) => !isAboutUsers(scope))),
    standsFor: new Set(metadata.token_endpoint_auth_method === 'none' ? [] : policy.resources),
    metadata: Object.freeze(metadata),
    policy,
    rules: clientRules({ metadata, policy, registeredBy: row.registered_by }, settings),
    registeredBy: row.registered_by,
    ownerId: row.owner_id,
    epoch: row.epoch,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });
}
