import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { normaliseDisplayName } from '../../common/display-name.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { ClientDirectory } from './client.directory.js';
import { clientView, type OAuthClientView } from './client.information.js';
import { invalidMetadata, readClientMetadata } from './metadata/client-metadata-input.js';
import { changedMetadata } from './metadata/client-metadata-defaults.js';
import { furtherMethods } from './metadata/client-metadata.js';
import {
  mergePolicy,
  methodsOfPatch,
  policyOnTheWire,
  type ClientPolicyInput,
} from './metadata/client-policy-rules.js';
import { ClientSeeds, type SeedClient } from './client.seeds.js';
import { registeredItself } from './metadata/registered-client.js';
import { ClientValidator } from './metadata/client.validator.js';
import { ClientStore, type ClientRow } from './client.store.js';
import { ClientWriter, type WrittenClient } from './client.writer.js';

/** Members of RFC 7591 2, OIDC Registration 2 and OIDC logout, in their own names. */
export type ClientMetadataInput = Readonly<Record<string, unknown>>;

export interface OAuthClientInput {
  readonly metadata: ClientMetadataInput;
  readonly policy?: ClientPolicyInput;
  /** The user who may manage it with their session. Default: none. */
  readonly ownerId?: string | null;
}

export interface OAuthClientChange {
  /** Members left out stay; null removes one. */
  readonly metadata?: ClientMetadataInput;
  readonly policy?: ClientPolicyInput;
}

export interface OAuthClientListing {
  readonly ownerId?: string | undefined;
  /** The id, or part of the name. */
  readonly search?: string | undefined;
  /** Default 100, at most 500. */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 500;
const MAX_OVERLAP_SECONDS = 90 * 86_400;

/**
 * OAuth clients, for the host's own code and its administration. Nothing here checks who calls.
 *
 * @example
 * const clients = app.get(OAuthClientsService);
 * const { client_id: clientId } = await clients.register({
 *   metadata: { client_name: 'Reports', redirect_uris: ['https://reports.example/callback'] },
 * });
 * await clients.rotateSecret(clientId, { overlapSeconds: 3_600 });
 */
@Injectable()
export class OAuthClientsService {
  constructor(
    private readonly database: Database,
    private readonly store: ClientStore,
    private readonly directory: ClientDirectory,
    private readonly validator: ClientValidator,
    private readonly writer: ClientWriter,
    private readonly seeds: ClientSeeds,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * @returns with `client_secret` if it has one, shown this once only
   * @throws AuthError 400 `invalid_redirect_uri` or `invalid_client_metadata` (RFC 7591 3.2.2)
   */
  async register(input: OAuthClientInput): Promise<OAuthClientView> {
    const draft = readClientMetadata(input.metadata);
    const metadata = await this.validator.validate(draft, 'trusted');
    const asked = { ...policyOnTheWire(input.metadata), ...input.policy };
    const isMethodNamed = draft.token_endpoint_auth_method !== undefined;
    const policy = {
      ...mergePolicy({}, asked, metadata, this.settings),
      ...furtherMethods(metadata, isMethodNamed),
    };
    return this.view(
      await this.writer.create({
        registeredBy: 'administration',
        ownerId: input.ownerId ?? null,
        metadata,
        policy,
        isSelfManaged: false,
      }),
    );
  }

  /** Registered clients, newest first; without static ones. */
  async list(listing: OAuthClientListing = {}): Promise<{ clients: OAuthClientView[]; total: number }> {
    const { ownerId = null, limit = DEFAULT_LIMIT, offset = 0 } = listing;
    const search = listing.search === undefined ? null : normaliseDisplayName(listing.search);
    const { rows, total } = await this.store.list({ ownerId, search }, Math.min(limit, MAX_LIMIT), offset);
    return { clients: rows.map((row) => clientView(row, this.settings)), total };
  }

  /** @throws AuthError 404 */
  async get(clientId: string): Promise<OAuthClientView> {
    return clientView(await this.read(clientId), this.settings);
  }

  /** @throws AuthError as `register`, 404, 400 `CLIENT_OF_OPTIONS`, `CLIENT_OF_DOCUMENT`, 409 `CLIENT_CHANGED` */
  async update(clientId: string, { metadata: patch = {}, policy: policyPatch = {} }: OAuthClientChange) {
    const row = await this.readOwn(clientId);
    if (row.registered_by === 'document')
      throw AuthError.badRequest(
        'CLIENT_OF_DOCUMENT',
        'The client says by its document what it is; it can be disabled',
      );
    const draft = readClientMetadata(changedMetadata(row.metadata, patch, this.settings.defaultScopes));
    const isOwn = registeredItself({ registeredBy: row.registered_by });
    const metadata = await this.validator.validate(draft, 'trusted', null, isOwn);
    const asked = { ...policyOnTheWire(patch), ...policyPatch };
    if (isOwn && asked.federatedIdentities?.length)
      throw invalidMetadata('federatedIdentities: not of a client that registered itself');
    const policy = {
      ...mergePolicy(row.policy, asked, metadata, this.settings),
      ...methodsOfPatch(metadata, patch),
    };
    return this.view(await this.writer.change(row, { metadata, policy }));
  }

  /**
   * @returns with the new `client_secret`, shown this once only
   * @throws AuthError 404, 400 `CLIENT_OF_OPTIONS`, `CLIENT_HAS_NO_SECRET`, `INVALID_OVERLAP`
   */
  async rotateSecret(clientId: string, options: { readonly overlapSeconds?: number | undefined } = {}) {
    const overlapSeconds = requireOverlap(options.overlapSeconds ?? 0);
    return this.view(await this.writer.rotateSecret(await this.readOwn(clientId), overlapSeconds));
  }

  /** Its tokens and codes end too, in every process at once (T107). @throws AuthError 404 */
  async disable(clientId: string): Promise<OAuthClientView> {
    await this.read(clientId);
    await this.database.transaction((tx) => this.writer.end(tx, clientId, 'disabled'));
    return this.get(clientId);
  }

  /** Its tokens and codes stay ended. @throws AuthError 404 */
  async enable(clientId: string): Promise<OAuthClientView> {
    await this.read(clientId);
    await this.database.transaction((tx) => this.writer.enable(tx, clientId));
    return this.get(clientId);
  }

  /** Also deletes its tokens, codes and consents. @throws AuthError 404, 400 `CLIENT_OF_OPTIONS` */
  async delete(clientId: string): Promise<void> {
    await this.readOwn(clientId);
    await this.database.transaction((tx) => this.writer.end(tx, clientId, 'forgotten'));
  }

  /** Deletes a user's clients in a transaction that changes more. */
  async deleteOwnedBy(tx: Transaction, ownerId: string): Promise<void> {
    for (const clientId of await this.store.ownedBy(tx, ownerId)) await this.writer.end(tx, clientId, 'forgotten');
  }

  /**
   * Creates or replaces clients with given ids and secrets, e.g. from a file that the host reads at start. A disabled one stays disabled.
   * @throws Error naming the client and what is wrong with it
   */
  async seed(clients: readonly SeedClient[]): Promise<void> {
    for (const client of clients) await this.seeds.put(client);
  }

  private async read(clientId: string): Promise<ClientRow> {
    const row = await this.directory.row(clientId);
    if (row) return row;
    throw AuthError.notFound('There is no such client');
  }

  private async readOwn(clientId: string): Promise<ClientRow> {
    if (!this.directory.isStatic(clientId)) return this.read(clientId);
    throw AuthError.badRequest('CLIENT_OF_OPTIONS', 'The client is configured in the options of the server');
  }

  private view({ row, fresh }: WrittenClient): OAuthClientView {
    return clientView(row, this.settings, fresh);
  }
}

/** @throws AuthError 400 `INVALID_OVERLAP` */
function requireOverlap(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_OVERLAP_SECONDS) return seconds;
  throw AuthError.badRequest('INVALID_OVERLAP', `overlapSeconds: give 0 to ${MAX_OVERLAP_SECONDS} whole seconds`);
}
