import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { DEVICE_CODE_GRANT } from '../../common/grants/grant.js';
import { readForm } from '../../common/grants/oauth-form.js';
import { TokenEndpoint } from '../../common/grants/token-endpoint.js';
import type { TokenResponse } from '../../common/ports/authorization-server.js';
import type { Caller } from '../../common/ports/caller.js';
import { DeviceClients } from '../issue/device-clients.js';
import { DeviceSessionGrant, type DeviceSessionResponse } from './device-session.grant.js';

/** `/device/token`: the token endpoint for this one grant, and the only one for clients that are not registered. */
@Injectable()
export class DeviceTokenService {
  constructor(
    private readonly clients: DeviceClients,
    private readonly endpoint: TokenEndpoint,
    private readonly sessions: DeviceSessionGrant,
  ) {}

  /** @throws AuthError of RFC 6749 5.2 and RFC 8628 3.5 */
  async answer(caller: Caller, body: unknown): Promise<TokenResponse | DeviceSessionResponse> {
    const form = readForm(body, ['resource']);
    const { grant_type: grantType, device_code: deviceCode } = form.parameters;
    if (grantType === undefined) throw AuthError.invalidRequest('grant_type is missing');
    if (grantType !== DEVICE_CODE_GRANT)
      throw AuthError.oauth('unsupported_grant_type', 'This endpoint takes the device code alone');
    const unregistered = await this.clients.unregistered(caller.headers, form);
    return unregistered === null
      ? this.endpoint.answer(caller.headers, body)
      : this.sessions.handle(unregistered, deviceCode, caller);
  }
}
