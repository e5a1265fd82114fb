import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { ChangePasswordAnswer, ChangePasswordBody, StatusAnswer, UpdateUserBody } from '../account.schemas.js';
import { SessionReplies } from '../sessions/session.replies.js';
import { OwnAccountService } from './own-account.service.js';

const TAG = 'Account';

/** What users may do with their own account, on better-auth's wire. */
@AuthController()
@SessionAuth()
export class UserController {
  constructor(
    private readonly account: OwnAccountService,
    private readonly replies: SessionReplies,
  ) {}

  @Post('update-user')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'updateUser',
    headers: ['Set-Cookie', 'set-auth-token'],
    example: { name: 'Ada Lovelace' },
    summary: 'Change name or image',
    description: 'What is left out stays. The e-mail address cannot be changed here.',
    response: StatusAnswer,
    errors: { 400: 'EMAIL_CAN_NOT_BE_UPDATED', 401: 'UNAUTHORIZED' },
  })
  async update(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: UpdateUserBody }) body: z.infer<typeof UpdateUserBody>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    await this.account.update(principal.subjectId, body);
    return this.replies.renewed({ status: true }, principal, request.headers);
  }

  @Post('change-password')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'changePassword',
    headers: ['Set-Cookie', 'set-auth-token'],
    example: { currentPassword: 'demo-password', newPassword: 'correct horse battery staple' },
    summary: 'Change the password',
    description: 'Needs the present one. `revokeOtherSessions` signs all other devices out.',
    response: ChangePasswordAnswer,
    errors: {
      400: 'INVALID_PASSWORD, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG',
      401: 'UNAUTHORIZED',
      429: 'TOO_MANY_REQUESTS',
    },
  })
  async changePassword(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: ChangePasswordBody }) body: z.infer<typeof ChangePasswordBody>,
    @Req() request: GuardedRequest,
  ): Promise<unknown> {
    const { user, started } = await this.account.changePassword(principal, body, callerOf(request));
    if (!started) return { token: null, user };
    return this.replies.signedIn({ token: started.token, user }, started, request.headers);
  }
}
