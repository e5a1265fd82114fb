import { Req, UseGuards } from '@nestjs/common';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import { DeviceEnabledGuard } from '../device-enabled.guard.js';
import { DeviceTokenAnswer, DeviceTokenBody } from '../device.schemas.js';
import { DeviceTokenService } from './device-token.service.js';

const WAITING = 'authorization_pending, slow_down, access_denied, expired_token';

/** Where devices poll on better-auth's wire. Registered clients may also use the token endpoint. */
@AuthController()
@UseGuards(DeviceEnabledGuard)
export class DeviceTokenController {
  constructor(private readonly tokens: DeviceTokenService) {}

  @OAuthEndpoint('POST', '/device/token', {
    form: true,
    crossSite: true,
    browsers: 'devices',
    tag: 'Device',
    id: 'pollDeviceToken',
    summary: 'Ask whether the user has approved (RFC 8628 3.4)',
    description: 'Every `interval` seconds, until the user has decided or the code has expired.',
    credentials: ['clientBasic', 'none'],
    body: DeviceTokenBody,
    example: {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: 'nad_…',
      client_id: 'demo-tv',
    },
    response: DeviceTokenAnswer,
    errors: { 400: `${WAITING}, invalid_grant, invalid_request, unauthorized_client`, 401: 'invalid_client' },
  })
  token(@Req() request: GuardedRequest): Promise<HttpReply> {
    return this.tokens.answer(request);
  }
}
