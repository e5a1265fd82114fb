import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { clientInformation, type ClientInformation } from '../clients/client.information.js';
import { invalidMetadata, readClientMetadata } from '../clients/metadata/client-metadata-input.js';
import { methodsAfter } from '../clients/metadata/client-policy-rules.js';
import { ClientRegistrations } from './client-registrations.js';
import { ClientSecrets, digest } from '../clients/client.secrets.js';
import { ClientValidator } from '../clients/metadata/client.validator.js';
import { ClientStore, type ClientRow } from '../clients/client.store.js';
import { ClientWriter } from '../clients/client.writer.js';
import { ownPolicy, refusePrivileged } from '../clients/metadata/own-metadata-rules.js';
import { bearerOf, unauthorized } from './registrants.js';

/** The client configuration endpoint (RFC 7592): a client manages itself with its registration access token. */
@Injectable()
export class ClientConfigurations {
  constructor(
    private readonly database: Database,
    private readonly store: ClientStore,
    private readonly secrets: ClientSecrets,
    private readonly validator: ClientValidator,
    private readonly writer: ClientWriter,
    private readonly registrations: ClientRegistrations,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** RFC 7592 2.1. @throws AuthError 401 `invalid_token` */
  async read(clientId: string, headers: HeaderBag): Promise<ClientInformation> {
    const { row, token } = await this.authenticate(clientId, headers);
    return this.information(row, token);
  }

  /**
   * RFC 7592 2.2: what is sent replaces the stored metadata; a member left out is removed, or gets its default.
   * @throws AuthError 400 of RFC 7591 3.2.2, 401 `invalid_token`, 409 `CLIENT_CHANGED`
   */
  async replace(
    clientId: string,
    headers: HeaderBag,
    input: Readonly<Record<string, unknown>>,
  ): Promise<ClientInformation> {
    const { row, token } = await this.authenticate(clientId, headers);
    this.requireIdentity(row, input);
    const current = JSON.parse(JSON.stringify(this.information(row, token))) as Record<string, unknown>;
    refusePrivileged(input, current);
    const metadata = await this.validator.validate(readClientMetadata(input), 'self', row);
    const policy = {
      ...ownPolicy(input, row.policy, current),
      ...methodsAfter(row, metadata, input['token_endpoint_auth_method']),
    };
    const changed = await this.writer.change(row, { metadata, policy });
    return this.information(changed.row, token, changed.fresh.secret);
  }

  /** RFC 7592 2.3. @throws AuthError 401 `invalid_token` */
  async delete(clientId: string, headers: HeaderBag): Promise<void> {
    await this.authenticate(clientId, headers);
    await this.database.transaction((tx) => this.writer.end(tx, clientId, 'forgotten'));
  }

  /** One error for an unknown client, a disabled one and a wrong token (RFC 7592 2.1). */
  private async authenticate(clientId: string, headers: HeaderBag): Promise<{ row: ClientRow; token: string }> {
    const token = bearerOf(headers);
    const row =
      token !== null && this.secrets.isRegistrationToken(token)
        ? await this.store.findByToken(clientId, digest(token))
        : null;
    if (row && token !== null) return { row, token };
    throw unauthorized(`no valid registration access token for client ${clientId.slice(0, 64)}`);
  }

  /** RFC 7592 2.2: the client says who it is, and cannot choose its secret. */
  private requireIdentity(row: ClientRow, { client_id: id, client_secret: secret }: Readonly<Record<string, unknown>>) {
    if (id !== row.client_id) throw invalidMetadata('client_id: it is not the client of this address');
    if (secret === undefined || secret === null) return;
    if (typeof secret !== 'string' || !this.secrets.isCurrent(row, secret))
      throw invalidMetadata('client_secret: it is not the current one, and only the server makes another');
  }

  /** RFC 7592 3 requires the token in the response: the presented one, since only its hash is stored. */
  private information(row: ClientRow, registrationToken: string, secret?: string): ClientInformation {
    const fresh = { registrationToken, ...(secret !== undefined && { secret }) };
    return clientInformation(row, this.settings, fresh, this.registrations.configurationUri(row.client_id));
  }
}
