import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { AlsoImpersonated } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { SessionReplies, startedBody } from '../sessions/session.replies.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AdministrationLog, administratorOf } from './administration.log.js';
import { ImpersonationAnswer, UserBody } from './administration.schemas.js';
import { ForAdministrators, WithAdministrators } from './administrators.guard.js';
import { Impersonations, type Impersonated } from './impersonations.js';

const TAG = 'Administration: users';

/** Acting as a user, on better-auth's wire. */
@AuthController('admin')
export class ImpersonationController {
  constructor(
    private readonly impersonations: Impersonations,
    private readonly sessions: SessionsService,
    private readonly replies: SessionReplies,
    private readonly log: AdministrationLog,
  ) {}

  @Post('impersonate-user')
  @HttpCode(200)
  @ForAdministrators('IMPERSONATE_USERS')
  @DescribeRoute({
    tag: TAG,
    id: 'impersonateUser',
    headers: ['Set-Cookie', 'set-auth-token'],
    example: { userId: '01980c5e-7b1a-7c3e-9f00-5d0c2a1b4e6f' },
    summary: 'Act as a user',
    description:
      'In a session that says so (`impersonatedBy`; in tokens `act`), lasts an hour, and changes nothing of the account: 403 `IMPERSONATED`.',
    response: ImpersonationAnswer,
    errors: {
      400: 'YOU_CANNOT_IMPERSONATE_YOURSELF, USER_DISABLED',
      401: 'UNAUTHORIZED',
      403: 'YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS, YOU_CANNOT_IMPERSONATE_ADMINS, SESSION_NOT_FRESH',
      404: 'USER_NOT_FOUND, NOT_FOUND',
    },
  })
  async begin(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: UserBody }) { userId }: z.infer<typeof UserBody>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    await this.sessions.requireFresh(principal);
    const begun = await this.impersonations.begin(principal, userId, callerOf(request));
    this.log.note(administratorOf(principal, request), 'impersonate-user', userId);
    return this.answer(begun, request);
  }

  @Post('stop-impersonating')
  @HttpCode(200)
  @WithAdministrators()
  @AlsoImpersonated()
  @DescribeRoute({
    tag: TAG,
    id: 'stopImpersonating',
    headers: ['Set-Cookie', 'set-auth-token'],
    summary: 'Stop acting as a user',
    description: "Gives the administrator's own session again, under a new token: by cookie, and as `set-auth-token`.",
    response: ImpersonationAnswer,
    errors: { 400: 'NOT_IMPERSONATING', 401: 'UNAUTHORIZED', 404: 'NOT_FOUND' },
  })
  async stop(@CurrentPrincipal() principal: AuthPrincipal, @Req() request: GuardedRequest): Promise<HttpReply> {
    const caller = callerOf(request);
    const stopped = await this.impersonations.stop(principal, caller);
    this.log.note({ id: stopped.user.id, caller }, 'stop-impersonating', principal.subjectId);
    return this.answer(stopped, request);
  }

  private answer({ user, started }: Impersonated, request: GuardedRequest): HttpReply {
    const { token: _token, ...body } = startedBody(started);
    return this.replies.signedIn({ ...body, user }, started, request.headers);
  }
}
