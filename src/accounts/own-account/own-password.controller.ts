import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { SetPasswordBody, StatusAnswer, VerifyPasswordBody } from '../account.schemas.js';
import { OwnPasswords } from './own-passwords.js';

const TAG = 'Account';

/** A first password, and the present one as a new proof, on better-auth's wire. */
@AuthController()
@SessionAuth()
export class OwnPasswordController {
  constructor(private readonly passwords: OwnPasswords) {}

  @Post('set-password')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'setPassword',
    example: { newPassword: 'correct horse battery staple' },
    summary: 'Set a first password',
    description: 'For users who sign in elsewhere and have none. Needs a fresh session.',
    response: StatusAnswer,
    errors: {
      400: 'PASSWORD_ALREADY_SET, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_COMPROMISED',
      401: 'UNAUTHORIZED',
      403: 'SESSION_NOT_FRESH',
    },
  })
  async set(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: SetPasswordBody }) { newPassword }: z.infer<typeof SetPasswordBody>,
    @Req() request: GuardedRequest,
  ): Promise<{ status: true }> {
    await this.passwords.set(principal, newPassword, callerOf(request));
    return { status: true };
  }

  @Post('verify-password')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'verifyPassword',
    example: { password: 'demo-password' },
    summary: 'Prove anew who one is',
    description: 'With the password. The session then counts as fresh, as after a sign-in.',
    response: StatusAnswer,
    errors: { 400: 'INVALID_PASSWORD', 401: 'UNAUTHORIZED', 429: 'TOO_MANY_REQUESTS' },
  })
  async verify(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: VerifyPasswordBody }) { password }: z.infer<typeof VerifyPasswordBody>,
    @Req() request: GuardedRequest,
  ): Promise<{ status: true }> {
    await this.passwords.verify(principal, password, callerOf(request));
    return { status: true };
  }
}
