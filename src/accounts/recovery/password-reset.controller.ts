import { Body, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { redirectTo, type HttpReply } from '../../common/http/request/reply.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { StatusAnswer } from '../account.schemas.js';
import { PasswordResets } from './password-resets.js';
import {
  RequestResetAnswer,
  RequestResetBody,
  ResetLinkQuery,
  ResetPasswordBody,
  ResetPasswordQuery,
} from './recovery.schemas.js';

const TAG = 'Recovery';
const SENT = { status: true, message: 'If this email exists in our system, check your email for the reset link' };

/** A new password by a link, on better-auth's wire. */
@AuthController()
export class PasswordResetController {
  constructor(
    private readonly resets: PasswordResets,
    private readonly origins: TrustedOrigins,
    private readonly routes: AuthRoutes,
  ) {}

  @Post('request-password-reset')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'requestPasswordReset',
    example: { email: 'ada@example.com' },
    summary: 'Ask for a link to a new password',
    description:
      'The answer is the same whether or not somebody has the address. The link leads to `redirectTo` with `token`, or to the page of this server.',
    response: RequestResetAnswer,
    errors: { 400: 'RESET_PASSWORD_DISABLED', 403: 'INVALID_REDIRECT_URL', 429: 'TOO_MANY_REQUESTS' },
  })
  async request(
    @Body({ schema: RequestResetBody }) { email, redirectTo: page }: z.infer<typeof RequestResetBody>,
    @Req() request: GuardedRequest,
  ): Promise<typeof SENT> {
    const target = page ? await requireCallbackUrl(page, this.origins, 'INVALID_REDIRECT_URL') : null;
    await this.resets.request(email, target, callerOf(request));
    return SENT;
  }

  @Post('forget-password')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    aliasOf: 'requestPasswordReset',
    summary: 'What clients of better-auth still ask by `forgetPassword`',
    response: RequestResetAnswer,
  })
  requestByOldName(
    @Body({ schema: RequestResetBody }) body: z.infer<typeof RequestResetBody>,
    @Req() request: GuardedRequest,
  ): Promise<typeof SENT> {
    return this.request(body, request);
  }

  @Get('reset-password/:token')
  @HttpCode(302)
  @DescribeRoute({
    tag: TAG,
    id: 'openPasswordResetLink',
    parameters: { token: 'Of the mail.' },
    summary: 'Where the link of the mail leads',
    status: 302,
    description: 'Sends the browser on with `token`, or with `error=INVALID_TOKEN`. The link stays good.',
    errors: { 403: 'INVALID_CALLBACK_URL' },
  })
  async open(
    @Param('token') token: string,
    @Query({ schema: ResetLinkQuery }) { callbackURL }: z.infer<typeof ResetLinkQuery>,
  ): Promise<HttpReply> {
    const page = this.routes.urlOf('/new-password');
    const target = callbackURL === '' ? page : await requireCallbackUrl(callbackURL, this.origins);
    const url = new URL(target, page);
    const isGood = await this.resets.isGood(token);
    url.searchParams.set(isGood ? 'token' : 'error', isGood ? token : 'INVALID_TOKEN');
    return redirectTo(url.href).header('Cache-Control', 'no-store');
  }

  @Post('reset-password')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'resetPassword',
    example: { newPassword: 'correct horse battery staple', token: 'from the link' },
    summary: 'Set a new password',
    description:
      'Spends the link, signs nobody in, and ends all sessions and tokens of the user unless the server keeps them.',
    response: StatusAnswer,
    errors: {
      400: 'INVALID_TOKEN, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_COMPROMISED',
      429: 'TOO_MANY_REQUESTS',
    },
  })
  async reset(
    @Body({ schema: ResetPasswordBody }) body: z.infer<typeof ResetPasswordBody>,
    @Query({ schema: ResetPasswordQuery }) query: z.infer<typeof ResetPasswordQuery>,
    @Req() request: GuardedRequest,
  ): Promise<{ status: true }> {
    const token = body.token ?? query.token;
    if (token === undefined) throw AuthError.badRequest('INVALID_TOKEN', 'Invalid token');
    await this.resets.reset(token, body.newPassword, callerOf(request));
    return { status: true };
  }
}
