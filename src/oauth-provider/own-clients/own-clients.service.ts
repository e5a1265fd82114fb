import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { ClientDirectory } from '../clients/client.directory.js';
import { clientInformation, type ClientInformation } from '../clients/client.information.js';
import { readClientMetadata } from '../clients/metadata/client-metadata-input.js';
import { changedMetadata } from '../clients/metadata/client-metadata-defaults.js';
import { methodsOfPatch } from '../clients/metadata/client-policy-rules.js';
import { ClientRegistrations } from '../registration/client-registrations.js';
import { ClientValidator } from '../clients/metadata/client.validator.js';
import { ClientStore, type ClientRow } from '../clients/client.store.js';
import { ClientWriter } from '../clients/client.writer.js';
import { OAuthClientsService } from '../clients/oauth-clients.service.js';
import { ownPolicy, refusePrivileged } from '../clients/metadata/own-metadata-rules.js';
import { Registrants } from '../registration/registrants.js';

const MAX_LISTED = 500;
type Input = Readonly<Record<string, unknown>>;

/** A signed-in user's own clients, on better-auth's wire. */
@Injectable()
export class OwnClientsService {
  constructor(
    private readonly store: ClientStore,
    private readonly directory: ClientDirectory,
    private readonly registrants: Registrants,
    private readonly registrations: ClientRegistrations,
    private readonly validator: ClientValidator,
    private readonly writer: ClientWriter,
    private readonly clients: OAuthClientsService,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** Under the policy and limits of registration. @throws AuthError as `ClientRegistrations.register`; 403 when registration is off */
  create(userId: string, input: Input): Promise<ClientInformation> {
    this.registrants.requireSwitchedOn();
    return this.registrations.register({ origin: 'user', userId }, input, false);
  }

  async list(userId: string): Promise<ClientInformation[]> {
    const { rows } = await this.store.list({ ownerId: userId, search: null }, MAX_LISTED, 0);
    return rows.map((row) => clientInformation(row, this.settings));
  }

  /** @throws AuthError 404 for an unknown client, 401 for another user's */
  async get(userId: string, clientId: string): Promise<ClientInformation> {
    return clientInformation(await this.owned(userId, clientId), this.settings);
  }

  /** Members left out stay; null removes one. The result is validated as a whole (T097). */
  async update(userId: string, clientId: string, patch: Input): Promise<ClientInformation> {
    const row = await this.changeable(userId, clientId);
    const current = JSON.parse(JSON.stringify(clientInformation(row, this.settings))) as Input;
    refusePrivileged(patch, current);
    const draft = readClientMetadata(changedMetadata(row.metadata, patch, this.settings.defaultScopes));
    const metadata = await this.validator.validate(draft, 'self', row);
    const policy = { ...ownPolicy(patch, row.policy, current), ...methodsOfPatch(metadata, patch) };
    const changed = await this.writer.change(row, { metadata, policy });
    return clientInformation(changed.row, this.settings, changed.fresh);
  }

  async rotateSecret(userId: string, clientId: string, overlapSeconds?: number): Promise<ClientInformation> {
    await this.changeable(userId, clientId);
    const {
      policy: _policy,
      registeredBy: _origin,
      client_credentials_scopes: _scopes,
      ...information
    } = await this.clients.rotateSecret(clientId, {
      overlapSeconds,
    });
    return information;
  }

  async delete(userId: string, clientId: string): Promise<void> {
    await this.changeable(userId, clientId);
    await this.clients.delete(clientId);
  }

  /** What a user who is asked for consent may know of a client. @throws AuthError 404 */
  async publicView(clientId: string) {
    const client = await this.directory.find(clientId);
    if (!client) throw AuthError.notFound('There is no such client');
    const { client_name, client_uri, logo_uri, contacts, tos_uri, policy_uri } = client.metadata;
    return { client_id: clientId, client_name, client_uri, logo_uri, contacts, tos_uri, policy_uri, redirect_uris: [] };
  }

  /** The same in the three members of the older wire. @throws AuthError 404 */
  async card(clientId: string) {
    const client = await this.directory.find(clientId);
    if (!client) throw AuthError.notFound('There is no such client');
    return { clientId, name: client.name, icon: client.logoUri };
  }

  /** What administration has disabled cannot be changed. @throws AuthError 403 `CLIENT_DISABLED`, and those of `owned` */
  private async changeable(userId: string, clientId: string): Promise<ClientRow> {
    const row = await this.owned(userId, clientId);
    if (!row.disabled) return row;
    throw AuthError.forbidden('CLIENT_DISABLED', 'The client was disabled by the administration of this server');
  }

  /** As on better-auth's wire: 404 for an unknown client, 401 for another user's. */
  private async owned(userId: string, clientId: string): Promise<ClientRow> {
    const row = await this.store.find(clientId);
    if (!row) throw AuthError.notFound('There is no such client');
    if (row.owner_id === userId) return row;
    throw AuthError.invalidToken(`client ${clientId} belongs to another user`);
  }
}
