import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AdministrationLog, administratorOf } from './administration.log.js';
import { RevokeUserSessionBody, SessionsAnswer, SuccessAnswer, UserBody } from './administration.schemas.js';
import { ForAdministrators } from './administrators.guard.js';

const TAG = 'Administration: users';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Sessions of users, for administrators, on better-auth's wire. */
@AuthController('admin')
export class AdminSessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly log: AdministrationLog,
  ) {}

  @Post('list-user-sessions')
  @HttpCode(200)
  @ForAdministrators('LIST_USERS_SESSIONS')
  @DescribeRoute({
    tag: TAG,
    id: 'adminListUserSessions',
    example: { userId: '01980c5e-7b1a-7c3e-9f00-5d0c2a1b4e6f' },
    summary: 'Live sessions of a user',
    description:
      '`token` is a handle for `/admin/revoke-user-session`, which authenticates nothing. With `impersonatedBy`: of an administrator.',
    response: SessionsAnswer,
    errors: { 401: 'UNAUTHORIZED', 403: 'YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS', 404: 'NOT_FOUND' },
  })
  async list(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: UserBody }) { userId }: z.infer<typeof UserBody>,
    @Req() request: GuardedRequest,
  ) {
    const sessions = await this.sessions.list(userId, { all: true });
    this.log.note(administratorOf(principal, request), 'list-user-sessions', userId);
    return { sessions };
  }

  @Post('revoke-user-session')
  @HttpCode(200)
  @ForAdministrators('REVOKE_USERS_SESSIONS')
  @DescribeRoute({
    tag: TAG,
    id: 'adminRevokeUserSession',
    example: { sessionToken: '01980c5f-11d2-7a40-8c55-0f6b7e2d9a13' },
    summary: 'End a session of any user',
    description: 'Tokens made from it end with it. An unknown one is no error.',
    response: SuccessAnswer,
    errors: { 401: 'UNAUTHORIZED', 403: 'YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS', 404: 'NOT_FOUND' },
  })
  async revoke(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: RevokeUserSessionBody }) { sessionToken }: z.infer<typeof RevokeUserSessionBody>,
    @Req() request: GuardedRequest,
  ) {
    const found = UUID.test(sessionToken) ? await this.sessions.find(sessionToken.toLowerCase()) : null;
    if (found) await this.sessions.end(found.user.id, found.session.id, 'administration');
    this.log.note(administratorOf(principal, request), 'revoke-user-session', found?.user.id ?? null);
    return { success: true };
  }

  @Post('revoke-user-sessions')
  @HttpCode(200)
  @ForAdministrators('REVOKE_USERS_SESSIONS')
  @DescribeRoute({
    tag: TAG,
    id: 'adminRevokeUserSessions',
    example: { userId: '01980c5e-7b1a-7c3e-9f00-5d0c2a1b4e6f' },
    summary: 'End all sessions of a user',
    description: 'And all tokens made from them.',
    response: SuccessAnswer,
    errors: { 401: 'UNAUTHORIZED', 403: 'YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS', 404: 'NOT_FOUND' },
  })
  async revokeAll(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: UserBody }) { userId }: z.infer<typeof UserBody>,
    @Req() request: GuardedRequest,
  ) {
    await this.sessions.endAll(userId, null, 'administration');
    this.log.note(administratorOf(principal, request), 'revoke-user-sessions', userId);
    return { success: true };
  }
}
