import { Body, Req, UseGuards } from '@nestjs/common';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DeviceEnabledGuard } from '../device-enabled.guard.js';
import { DeviceCodeAnswer, DeviceCodeBody } from '../device.schemas.js';
import { DeviceIssuerService } from './device-issuer.service.js';

/** The device authorization endpoint (RFC 8628 3.1), under better-auth's name and under ours. */
@AuthController()
@UseGuards(DeviceEnabledGuard)
export class DeviceAuthorizationController {
  constructor(private readonly issuer: DeviceIssuerService) {}

  @OAuthEndpoint('POST', '/device/code', {
    aliases: ['device_authorization'],
    form: true,
    crossSite: true,
    browsers: 'devices',
    tag: 'Device',
    id: 'requestDeviceCode',
    summary: 'Codes for a device (RFC 8628 3.1)',
    description: 'The device shows `user_code` and `verification_uri` to the user, and asks `/device/token` meanwhile.',
    credentials: ['clientBasic', 'none'],
    body: DeviceCodeBody,
    example: { client_id: 'demo-tv', scope: 'openid profile' },
    response: DeviceCodeAnswer,
    errors: {
      400: 'invalid_request, invalid_scope, invalid_target, unauthorized_client',
      401: 'invalid_client',
      429: 'temporarily_unavailable',
    },
  })
  async issue(@Req() request: GuardedRequest, @Body() body: unknown): Promise<HttpReply> {
    return new HttpReply(await this.issuer.issue(callerOf(request), body)).header('Pragma', 'no-cache');
  }
}
