import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { DEVICE_CODE_GRANT } from '../../common/grants/grant.js';
import { readForm } from '../../common/grants/oauth-form.js';
import { TokenEndpoint } from '../../common/grants/token-endpoint.js';
import { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DeviceClients } from '../issue/device-clients.js';
import { DeviceSessionGrant } from './device-session.grant.js';

/** `/device/token`: the token endpoint for this one grant, and the only one for clients that are not registered. */
@Injectable()
export class DeviceTokenService {
  constructor(
    private readonly clients: DeviceClients,
    private readonly endpoint: TokenEndpoint,
    private readonly sessions: DeviceSessionGrant,
  ) {}

  /** @throws AuthError of RFC 6749 5.2 and RFC 8628 3.5 */
  async answer(request: GuardedRequest): Promise<HttpReply> {
    const caller = callerOf(request);
    const form = readForm(request.body, ['resource']);
    const { grant_type: grantType, device_code: deviceCode } = form.parameters;
    if (grantType === undefined) throw AuthError.invalidRequest('grant_type is missing');
    if (grantType !== DEVICE_CODE_GRANT)
      throw AuthError.oauth('unsupported_grant_type', 'This endpoint takes the device code alone');
    const unregistered = await this.clients.unregistered(caller.headers, form);
    if (unregistered === null) return this.endpoint.answer(request);
    const session = await this.sessions.handle(unregistered, deviceCode, caller);
    return new HttpReply(session).header('Pragma', 'no-cache');
  }
}
