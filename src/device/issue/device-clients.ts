import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { presentedClient } from '../../common/grants/client-authentication.js';
import { DEVICE_CODE_GRANT } from '../../common/grants/grant.js';
import type { OAuthForm } from '../../common/grants/oauth-form.js';
import { MAX_CLIENT_ID_LENGTH, type Client } from '../../common/ports/authorization-server.js';
import { HostPorts } from '../../common/ports/port.js';
import { header, type HeaderBag } from '../../common/http/request/headers.js';
import { DEVICE_SETTINGS, type DeviceSettings } from '../device.options.js';

/** The client that asks: registered at the authorization server, or known to the host alone. */
export type DeviceClient =
  { readonly clientId: string; readonly registered: Client } | { readonly clientId: string; readonly registered: null };

/** Decides which clients may use the flow. */
@Injectable()
export class DeviceClients {
  constructor(
    private readonly ports: HostPorts,
    @Inject(DEVICE_SETTINGS) private readonly settings: DeviceSettings,
  ) {}

  /**
   * The client of a request for codes (RFC 8628 3.1), authenticated and allowed to use the grant. Checked before the rest of the request
   * (T104).
   * @throws AuthError 401 `invalid_client`, 400 `unauthorized_client`
   */
  async admit(headers: HeaderBag, form: OAuthForm): Promise<DeviceClient> {
    const unregistered = await this.unregistered(headers, form);
    if (unregistered !== null) return { clientId: unregistered, registered: null };
    const presented = presentedClient(headers, form.parameters);
    const client = await this.ports.authorizationServer.get().authenticateClient(presented, 'begins');
    if (!client.grantTypes.has(DEVICE_CODE_GRANT) || !((await this.settings.validateClient?.(client.clientId)) ?? true))
      throw AuthError.oauth('unauthorized_client', 'This client may not use the device flow');
    return { clientId: client.clientId, registered: client };
  }

  /**
   * The id of a client that is not registered and that the host allows.
   * @returns null when the authorization server must authenticate the client
   * @throws AuthError 400 `invalid_request` without a client, 401 `invalid_client` when the host refuses it
   */
  async unregistered(headers: HeaderBag, { parameters }: OAuthForm): Promise<string | null> {
    const server = this.ports.authorizationServer;
    const { validateClient } = this.settings;
    // Without the hook, only the authorization server knows clients, if there is one.
    if (server.filled && !validateClient) return null;
    if (!server.filled && parameters['client_id'] === undefined && header(headers, 'authorization') === undefined)
      throw AuthError.invalidRequest('client_id is missing');
    const presented = presentedClient(headers, parameters);
    // Also when it is disabled: it must not return as an unregistered client, which gets a whole session.
    if (server.filled && (presented.method !== 'none' || (await server.get().isClientId(presented.clientId))))
      return null;
    if (presented.method !== 'none' || presented.clientId.length > MAX_CLIENT_ID_LENGTH)
      throw AuthError.invalidClient('a client that is not registered must send a short id and no secret');
    if (validateClient && !(await validateClient(presented.clientId)))
      throw AuthError.invalidClient(`device.validateClient refuses ${JSON.stringify(presented.clientId)}`);
    return presented.clientId;
  }
}
