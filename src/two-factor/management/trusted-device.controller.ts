import { Body, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { TrustedDevices } from '../trust/trusted-devices.js';
import { DoneAnswer, RevokeDeviceBody, TrustedDevicesAnswer } from '../two-factor.schemas.js';

const TAG = 'Two-factor';

/** The browsers in which a user is not asked again. */
@AuthController()
@SessionAuth()
export class TrustedDeviceController {
  constructor(private readonly devices: TrustedDevices) {}

  @Get('two-factor/trusted-devices')
  @DescribeRoute({
    tag: TAG,
    id: 'listTrustedDevices',
    summary: 'Where you are not asked again',
    description: 'Browsers that you have named at a sign-in, the one used last first.',
    response: TrustedDevicesAnswer,
    errors: { 401: 'UNAUTHORIZED' },
  })
  async list(@CurrentPrincipal() { subjectId }: AuthPrincipal, @Req() { headers }: GuardedRequest) {
    const rows = await this.devices.list(subjectId);
    return rows.map((row) => ({
      id: row.id,
      userAgent: row.user_agent,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
      expiresAt: row.expires_at,
      isCurrent: this.devices.isBroughtBy(row, headers),
    }));
  }

  @Post('two-factor/revoke-trusted-device')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'revokeTrustedDevice',
    example: { id: '01980c5f-11d2-7a40-8c55-0f6b7e2d9a13' },
    summary: 'Ask there again',
    description: "Somebody else's and an unknown one are answered alike, without effect.",
    response: DoneAnswer,
    errors: { 401: 'UNAUTHORIZED' },
  })
  async revoke(
    @CurrentPrincipal() { subjectId }: AuthPrincipal,
    @Body({ schema: RevokeDeviceBody }) { id }: z.infer<typeof RevokeDeviceBody>,
  ) {
    await this.devices.revoke(subjectId, id);
    return { status: true };
  }
}
