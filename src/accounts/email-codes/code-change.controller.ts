import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { CodeChanges } from './code-changes.js';
import { CodeOrders } from './code-orders.js';
import {
  ChangeEmailByCodeBody,
  RequestEmailChangeBody,
  RequestResetCodeBody,
  ResetByCodeBody,
  SuccessAnswer,
} from './email-code.schemas.js';

const REQUEST_RESET = {
  tag: 'Recovery',
  example: { email: 'ada@example.com' },
  summary: 'Ask for a code for a new password',
  description: 'The answer is the same for every address.',
  response: SuccessAnswer,
  errors: { 400: 'INVALID_EMAIL, RESET_PASSWORD_DISABLED', 404: 'NOT_FOUND', 429: 'TOO_MANY_REQUESTS' },
} as const;

/** A new password or another address by codes, on better-auth's wire. */
@AuthController()
export class CodeChangeController {
  constructor(
    private readonly orders: CodeOrders,
    private readonly changes: CodeChanges,
    private readonly ports: HostPorts,
    private readonly sessions: SessionsService,
  ) {}

  @Post('email-otp/request-password-reset')
  @HttpCode(200)
  @DescribeRoute({ ...REQUEST_RESET, id: 'requestPasswordResetCode' })
  async requestReset(
    @Body({ schema: RequestResetCodeBody }) { email }: z.infer<typeof RequestResetCodeBody>,
    @Req() request: GuardedRequest,
  ): Promise<{ success: true }> {
    this.orders.requireOn();
    this.changes.requirePasswords();
    await this.orders.order('forget-password', email, callerOf(request));
    return { success: true };
  }

  @Post('forget-password/email-otp')
  @HttpCode(200)
  @DescribeRoute({ ...REQUEST_RESET, aliasOf: 'requestPasswordResetCode', deprecated: true })
  requestResetByOldName(
    @Body({ schema: RequestResetCodeBody }) body: z.infer<typeof RequestResetCodeBody>,
    @Req() request: GuardedRequest,
  ): Promise<{ success: true }> {
    return this.requestReset(body, request);
  }

  @Post('email-otp/reset-password')
  @HttpCode(200)
  @DescribeRoute({
    tag: 'Recovery',
    id: 'resetPasswordByCode',
    example: { email: 'ada@example.com', otp: '123456', password: 'correct horse battery staple' },
    summary: 'Set a new password by a code',
    description:
      'Signs nobody in, and ends all sessions and tokens of the user unless the server keeps them. Where nobody had verified the address before, all that was set up there ends.',
    response: SuccessAnswer,
    errors: {
      400: 'INVALID_EMAIL, INVALID_OTP, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_COMPROMISED',
      403: 'TOO_MANY_ATTEMPTS',
      404: 'NOT_FOUND',
      429: 'TOO_MANY_REQUESTS',
    },
  })
  async reset(
    @Body({ schema: ResetByCodeBody }) { email, otp, password }: z.infer<typeof ResetByCodeBody>,
    @Req() request: GuardedRequest,
  ): Promise<{ success: true }> {
    this.orders.requireOn();
    await this.changes.resetPassword({ email, otp, caller: callerOf(request) }, password);
    return { success: true };
  }

  @Post('email-otp/request-email-change')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: 'Account',
    id: 'requestEmailChangeByCode',
    example: { newEmail: 'ada@example.org', otp: '123456' },
    summary: 'Ask for a code at the address to be',
    description:
      'A verified address is given up only with a code from it (`email-verification`); otherwise the sign-in must be fresh. Nobody is told whether the new one is taken.',
    response: SuccessAnswer,
    errors: {
      400: 'INVALID_EMAIL, EMAIL_IS_THE_SAME, OTP_REQUIRED, INVALID_OTP, CHANGE_EMAIL_DISABLED',
      401: 'UNAUTHORIZED',
      403: 'TOO_MANY_ATTEMPTS, SESSION_NOT_FRESH',
      404: 'NOT_FOUND',
      429: 'TOO_MANY_REQUESTS',
    },
  })
  async requestEmailChange(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: RequestEmailChangeBody }) { newEmail, otp }: z.infer<typeof RequestEmailChangeBody>,
    @Req() request: GuardedRequest,
  ): Promise<{ success: true }> {
    this.orders.requireOn();
    const user = await this.userOf(principal);
    if (!user.emailVerified) await this.sessions.requireFresh(principal);
    await this.changes.requestEmailChange(user, newEmail, otp, callerOf(request));
    return { success: true };
  }

  @Post('email-otp/change-email')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: 'Account',
    id: 'changeEmailByCode',
    example: { newEmail: 'ada@example.org', otp: '123456' },
    summary: 'Change the address by a code',
    description: 'The new one counts as verified. Links and codes of the old one are void.',
    response: SuccessAnswer,
    errors: {
      400: 'INVALID_EMAIL, EMAIL_IS_THE_SAME, INVALID_OTP, EMAIL_ALREADY_IN_USE, CHANGE_EMAIL_DISABLED',
      401: 'UNAUTHORIZED',
      403: 'TOO_MANY_ATTEMPTS',
      404: 'NOT_FOUND',
      429: 'TOO_MANY_REQUESTS',
    },
  })
  async changeEmail(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: ChangeEmailByCodeBody }) { newEmail, otp }: z.infer<typeof ChangeEmailByCodeBody>,
    @Req() request: GuardedRequest,
  ): Promise<{ success: true }> {
    this.orders.requireOn();
    await this.changes.changeEmail(await this.userOf(principal), newEmail, otp, callerOf(request));
    return { success: true };
  }

  private async userOf({ subjectId }: AuthPrincipal): Promise<HostUser> {
    const user = await this.ports.users.get().find(subjectId);
    if (!user) throw AuthError.invalidToken('the user no longer exists');
    return user;
  }
}
