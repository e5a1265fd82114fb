import { Body, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { AuthController } from '../../common/http/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/describe-route.js';
import { HttpReply } from '../../common/http/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request-scope.js';
import { AcceptsForm, CrossSite } from '../../common/http/request.guard.js';
import { DeviceEnabledGuard } from '../device-enabled.guard.js';
import { DeviceTokenAnswer } from '../device.schemas.js';
import { DeviceTokenService } from './device-token.service.js';

const WAITING = 'authorization_pending, slow_down, access_denied, expired_token';

/** Where devices poll, on better-auth's wire. Registered clients may as well use the token endpoint. */
@AuthController()
@UseGuards(DeviceEnabledGuard)
export class DeviceTokenController {
  constructor(private readonly tokens: DeviceTokenService) {}

  @Post('device/token')
  @HttpCode(200)
  @CrossSite()
  @AcceptsForm()
  @DescribeRoute({
    tag: 'Device',
    summary: 'Ask whether the user has approved (RFC 8628 3.4)',
    description: 'Form or JSON: `grant_type`, `device_code`, `client_id`.',
    response: DeviceTokenAnswer,
    shape: 'oauth',
    errors: { 400: `${WAITING}, invalid_grant, invalid_request, unauthorized_client`, 401: 'invalid_client' },
  })
  async token(@Req() request: GuardedRequest, @Body() body: unknown): Promise<HttpReply> {
    return new HttpReply(await this.tokens.answer(callerOf(request), body)).header('Pragma', 'no-cache');
  }
}
