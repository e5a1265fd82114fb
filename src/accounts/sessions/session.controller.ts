import { Body, Get, Headers, HttpCode, Post } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { Extensions } from '../../common/extensions.js';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import type { SessionView } from '../../common/ports/sessions.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { HttpReply } from '../../common/http/request/reply.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { CurrentSessionAnswer, RevokeSessionBody, SessionSchema, StatusAnswer } from '../account.schemas.js';
import { SessionReplies } from './session.replies.js';
import { SessionsService, type IdentifiedSession } from './sessions.service.js';

const TAG = 'Sessions';
const LIST_ERRORS = { 401: 'UNAUTHORIZED', 403: 'SESSION_NOT_FRESH' };

/** Sessions of the caller, on better-auth's wire. */
@AuthController()
export class SessionController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly replies: SessionReplies,
    private readonly extensions: Extensions,
  ) {}

  @Get('get-session')
  @DescribeRoute({
    tag: TAG,
    id: 'getSession',
    headers: ['Set-Cookie', 'set-auth-jwt'],
    credentials: ['session', 'bearer', 'apiKey', 'none'],
    summary: 'The current session and its user',
    description:
      'By cookie, session token, access token or API key. Answers `null` without a good credential, never 401; a cookie whose session has ended is cleared.',
    response: CurrentSessionAnswer,
  })
  async getSession(@Headers() headers: HeaderBag): Promise<HttpReply> {
    const identified = await this.sessions.identified(headers);
    if (identified) return this.extended(identified);
    const reply = new HttpReply(null).header('Pragma', 'no-cache');
    return reply.cookie(...(await this.replies.clearedIfDead(headers)));
  }

  /** As better-auth answers unless `deferSessionRefresh` is on, which is not needed here. */
  @Post('get-session')
  @DescribeRoute({
    tag: TAG,
    summary: 'Use GET',
    errors: { 405: 'METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED' },
    hidden: true,
  })
  refuseDeferred(): never {
    throw new AuthError({
      status: 405,
      code: 'METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED',
      description: 'POST method requires deferSessionRefresh to be enabled in session config',
      headers: { Allow: 'GET' },
    });
  }

  @Get('list-sessions')
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'listSessions',
    summary: 'List the live sessions',
    response: SessionSchema.array(),
    errors: LIST_ERRORS,
  })
  async list(@CurrentPrincipal() principal: AuthPrincipal): Promise<SessionView[]> {
    await this.sessions.requireFresh(principal);
    return this.sessions.list(principal.subjectId);
  }

  @Get('user/list-sessions')
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    aliasOf: 'listSessions',
    summary: 'List the live sessions (older name)',
    response: SessionSchema.array(),
    errors: LIST_ERRORS,
  })
  listByOlderName(@CurrentPrincipal() principal: AuthPrincipal): Promise<SessionView[]> {
    return this.list(principal);
  }

  @Post('revoke-session')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'revokeSession',
    headers: ['Set-Cookie'],
    example: { token: '01980c5f-11d2-7a40-8c55-0f6b7e2d9a13' },
    summary: 'End one of the own sessions',
    description: "Somebody else's and an unknown one are answered alike, without effect.",
    response: StatusAnswer,
    errors: { 401: 'UNAUTHORIZED' },
  })
  async revoke(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: RevokeSessionBody }) body: z.infer<typeof RevokeSessionBody>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    await this.sessions.end(principal.subjectId, body.token);
    return new HttpReply({ status: true }).cookie(...(await this.replies.clearedIfDead(headers)));
  }

  @Post('revoke-sessions')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'revokeSessions',
    headers: ['Set-Cookie'],
    summary: 'End all own sessions',
    description: 'On all devices, this one too. Tokens made from them end with them.',
    response: StatusAnswer,
    errors: { 401: 'UNAUTHORIZED' },
  })
  async revokeAll(@CurrentPrincipal() principal: AuthPrincipal): Promise<HttpReply> {
    await this.sessions.endAll(principal.subjectId);
    return this.replies.signedOut({ status: true });
  }

  @Post('revoke-other-sessions')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'revokeOtherSessions',
    summary: 'End all own sessions but this one',
    description: 'On all other devices. Tokens made from them end with them.',
    response: StatusAnswer,
    errors: { 401: 'UNAUTHORIZED' },
  })
  async revokeOthers(@CurrentPrincipal() principal: AuthPrincipal) {
    await this.sessions.endAll(principal.subjectId, principal.sessionId);
    return { status: true };
  }

  private async extended({ current, principal }: IdentifiedSession): Promise<HttpReply> {
    const headers: Record<string, string> = {};
    let { session, user } = current;
    for (const extension of this.extensions.all) {
      const addition = await extension.onGetSession?.(current, principal);
      Object.assign(headers, addition?.headers);
      session = { ...session, ...addition?.session };
      user = { ...user, ...addition?.user };
    }
    const reply = new HttpReply({ ...current, session, user }).header('Pragma', 'no-cache');
    for (const [name, value] of Object.entries(headers)) reply.expose(name, value);
    return reply;
  }
}
