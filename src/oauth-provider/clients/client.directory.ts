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
import { grantableScopes, registeredScopes } from './metadata/client-scopes.js';
import { NO_POLICY, type ClientMetadata } from './metadata/client-metadata.js';
import { clientRules } from './metadata/client-rules.js';
import { ClientNames } from './client-names.js';
import type { DocumentNeed, DocumentSource } from './document-source.js';
import { ClientStore, type ClientRow } from './client.store.js';
import { isVouchedFor, type RegisteredClient } from './metadata/registered-client.js';
import { staticClientRows } from './static-clients.js';

/** A client with its secrets; never leaves this capability. */
export interface KnownClient {
  readonly client: RegisteredClient;
  readonly row: ClientRow;
  /** Of a client that publishes its metadata; milliseconds of the monotonic clock. Null: it has no document. */
  readonly document: { readonly freshUntil: number; readonly goodUntil: number } | null;
}

/** Its document is too old, blocked, or of a kind that is switched off. */
const UNBELIEVED = Symbol('unbelieved');

/** Caches clients, no longer than verified credentials; a change drops them. */
@Injectable()
export class ClientDirectory {
  private readonly known: LoadingCache<KnownClient>;
  private readonly staticRows: ReadonlyMap<string, ClientRow>;
  /** Null: clients that come by a document are unknown. */
  private documents: DocumentSource | null = null;

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
      remainingMillisecondsOf: ({ document }) =>
        document === null ? Number.POSITIVE_INFINITY : document.goodUntil - performance.now(),
    });
    this.staticRows = staticClientRows(settings, box);
    channel.subscribe(this.known);
    caches.add('clients', this.known);
  }

  /** Called by the room that reads documents, when it is made. */
  readDocumentsFrom(source: DocumentSource): void {
    this.documents = source;
  }

  /** As it is known; no document is read for it. @returns null when it is unknown or disabled */
  async find(clientId: string): Promise<RegisteredClient | null> {
    return (await this.findWithSecrets(clientId))?.client ?? null;
  }

  /**
   * For what begins an authorization: its document, if it has one, is read where it is time.
   * @returns null when it is unknown or disabled
   * @throws AuthError 400 `invalid_client` when its document cannot be read or is refused, 429
   */
  async findCurrent(clientId: string): Promise<RegisteredClient | null> {
    const recalled = this.recall(clientId);
    if (recalled) return recalled.client;
    const fault = (await this.documents?.refresh(clientId, 'current')) ?? null;
    if (fault !== null) throw fault;
    return (await this.reload(clientId))?.client ?? null;
  }

  async findWithSecrets(clientId: string): Promise<KnownClient | null> {
    return this.known.get(clientId) ?? this.reload(clientId);
  }

  /** From the cache only, and not while its document has to be read again. */
  recall(clientId: string): KnownClient | undefined {
    const known = this.known.get(clientId);
    return known?.document && known.document.freshUntil <= performance.now() ? undefined : known;
  }

  /**
   * As `reload`, after its document, if it has one, was read where it is time.
   * @param need whether the last good document will do, while that cannot be read
   * @throws AuthError 429 when too many documents are being read
   */
  async renew(clientId: string, need: DocumentNeed): Promise<KnownClient | null> {
    const fault = (await this.documents?.refresh(clientId, need)) ?? null;
    const known = fault !== null && need === 'current' ? null : await this.reload(clientId);
    if (known === null && fault?.status === 429) throw fault;
    return known;
  }

  /** Reads it anew, whatever is cached. */
  async reload(clientId: string): Promise<KnownClient | null> {
    if (clientId === '' || clientId.length > MAX_CLIENT_ID_LENGTH) return null;
    return this.known.reload(clientId, async () => {
      const row = await this.load(clientId);
      if (!row || row.disabled) return null;
      const document = row.registered_by === 'document' ? await this.documentOf(clientId) : null;
      if (document === UNBELIEVED) return null;
      return { row, document, client: await this.apartFromUsers(toClient(row, this.settings)) };
    });
  }

  /** Whether options configure it; then it cannot be changed over HTTP. */
  isStatic(clientId: string): boolean {
    return this.staticRows.has(clientId);
  }

  /** Whether an id is a client's: known, disabled, or of one that publishes its metadata and has not been here yet. */
  async isTaken(clientId: string): Promise<boolean> {
    return this.documents?.owns(clientId) === true || (await this.row(clientId)) !== null;
  }

  /** The row of a client, disabled or not; never from the cache. */
  async row(clientId: string): Promise<ClientRow | null> {
    return clientId === '' || clientId.length > MAX_CLIENT_ID_LENGTH ? null : this.load(clientId);
  }

  /** Ids of the static clients whose metadata matches; for statements, which only see clients of the table. */
  staticIdsWhere(holds: (metadata: ClientMetadata) => boolean): string[] {
    return [...this.staticRows.values()].filter((row) => holds(row.metadata)).map((row) => row.client_id);
  }

  private async documentOf(clientId: string): Promise<KnownClient['document'] | typeof UNBELIEVED> {
    const state = (await this.documents?.stateOf(clientId)) ?? null;
    if (state === null || state.goodMilliseconds <= 0) return UNBELIEVED;
    const now = performance.now();
    return { freshUntil: now + state.freshMilliseconds, goodUntil: now + state.goodMilliseconds };
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
    isAgent: policy.isAgent,
    isVerified: isVouchedFor(row.registered_by),
    host: row.registered_by === 'document' ? new URL(row.client_id).host : null,
    grantTypes: new Set(metadata.grant_types),
    scopes: new Set(grantableScopes({ metadata, registeredBy: row.registered_by }, settings)),
    defaultScopes: registeredScopes({ metadata, registeredBy: row.registered_by }, settings),
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
