import { Body, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { isFirstParty, SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { GetAlone, RendersPage } from '../../common/http/origins/request.guard.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { redirectTo, type HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { wantsPage } from '../../common/http/request/wants-json.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { requireInPerson } from '../../common/principal/impersonation.js';
import { DeleteUserAnswer, DeleteUserBody, DeleteUserQuery } from '../account.schemas.js';
import { SessionReplies } from '../sessions/session.replies.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';
import { AccountDeletions } from './account-deletions.js';

const TAG = 'Account';
const DELETED = { success: true, message: 'User deleted' };
const SENT = { success: true, message: 'Verification email sent' };

/** Deletes the own account, on better-auth's wire. */
@AuthController()
export class DeleteUserController {
  constructor(
    private readonly deletions: AccountDeletions,
    private readonly sessions: SessionsService,
    private readonly replies: SessionReplies,
    private readonly origins: TrustedOrigins,
    private readonly flow: AccountSignInFlow,
    private readonly routes: AuthRoutes,
  ) {}

  @Post('delete-user')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'deleteUser',
    headers: ['Set-Cookie'],
    example: { password: 'the password of the account' },
    summary: 'Delete the own account',
    description:
      'With the password, or in a fresh session. Sessions, tokens and keys end with it. Where the server wants it, only a link to the address of the user deletes it.',
    response: DeleteUserAnswer,
    errors: {
      400: 'INVALID_PASSWORD',
      401: 'UNAUTHORIZED',
      403: 'SESSION_NOT_FRESH, INVALID_CALLBACK_URL',
      404: 'INVALID_TOKEN',
      429: 'TOO_MANY_REQUESTS',
    },
  })
  async remove(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: DeleteUserBody }) { password, token, callbackURL }: z.infer<typeof DeleteUserBody>,
    @Req() request: GuardedRequest,
  ): Promise<unknown> {
    const callbackUrl = callbackURL ? await requireCallbackUrl(callbackURL, this.origins) : null;
    if (token !== undefined) {
      await this.deletions.byLink(principal, token);
      return this.replies.signedOut(DELETED);
    }
    const done = await this.deletions.request({ principal, password, callbackUrl }, callerOf(request));
    return done === 'sent' ? SENT : this.replies.signedOut(DELETED);
  }

  @Get('delete-user/callback')
  @GetAlone()
  @RendersPage()
  @DescribeRoute({
    tag: TAG,
    id: 'deleteUserByLink',
    headers: ['Set-Cookie'],
    credentials: ['session', 'bearer'],
    summary: 'Delete the own account by the link of the mail',
    description: 'Only in a session of the user. With `callbackURL` the browser is sent there.',
    response: DeleteUserAnswer,
    errors: { 403: 'INVALID_CALLBACK_URL', 404: 'FAILED_TO_GET_USER_INFO, INVALID_TOKEN' },
  })
  async open(
    @Query({ schema: DeleteUserQuery }) { token, callbackURL }: z.infer<typeof DeleteUserQuery>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const callbackUrl = callbackURL ? await requireCallbackUrl(callbackURL, this.origins) : null;
    const identified = await this.sessions.identified(request.headers);
    if (!identified || !isFirstParty(identified.principal)) {
      if (!wantsPage(request.headers)) throw nobody();
      return this.signInFirst(token, callbackUrl);
    }
    requireInPerson(identified.principal);
    await this.deletions.byLink(identified.principal, token);
    const reply: HttpReply = this.replies.signedOut(DELETED);
    if (callbackUrl === null) return reply.header('Cache-Control', 'no-store');
    const onward = redirectTo(callbackUrl).withStatus(302).header('Cache-Control', 'no-store');
    return onward.cookie(...reply.cookies);
  }

  /** For people: the link stays good, and is opened again by their own session. */
  private signInFirst(token: string, callbackUrl: string | null): HttpReply {
    const query = new URLSearchParams({ token, ...(callbackUrl !== null && { callbackURL: callbackUrl }) });
    const url = this.flow.signInUrl(`${this.routes.publicPathOf('/delete-user/callback')}?${query}`);
    return redirectTo(url).withStatus(302).header('Cache-Control', 'no-store');
  }
}

function nobody(): AuthError {
  return new AuthError({ status: 404, code: 'FAILED_TO_GET_USER_INFO', description: 'Failed to get user info' });
}
