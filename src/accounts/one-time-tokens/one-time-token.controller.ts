import { Body, Get, HttpCode, Inject, Post, Query, Req, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { OwnSiteGuard } from '../../common/http/origins/own-site.guard.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { originOfAddress } from '../../common/options/trusted-origins.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { requireInPerson } from '../../common/principal/impersonation.js';
import {
  OneTimeTokenAnswer,
  OneTimeTokenBody,
  OneTimeTokenWish,
  OneTimeTokenWishBody,
  StartedSessionAnswer,
} from '../account.schemas.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { SessionReplies, startedBody } from '../sessions/session.replies.js';
import { OneTimeTokens } from './one-time-tokens.js';

const TAG = 'Sessions';
const MAKING = {
  tag: TAG,
  response: OneTimeTokenAnswer,
  errors: {
    400: 'CLIENT_REQUESTS_ARE_DISABLED',
    401: 'UNAUTHORIZED',
    403: 'INVALID_ORIGIN, INVALID_AUDIENCE',
    429: 'TOO_MANY_REQUESTS',
  },
} as const;

/** One-time tokens, on better-auth's wire. */
@AuthController()
export class OneTimeTokenController {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly replies: SessionReplies,
    private readonly origins: TrustedOrigins,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  @Get('one-time-token/generate')
  @SessionAuth()
  @UseGuards(OwnSiteGuard)
  @DescribeRoute({
    ...MAKING,
    id: 'generateOneTimeToken',
    summary: 'A token that hands this session on',
    description:
      'Good once and for 60 seconds, for `/one-time-token/verify`, which starts a session of the same user beside this one.',
  })
  generate(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Query({ schema: OneTimeTokenWish }) { audience }: z.infer<typeof OneTimeTokenWish>,
  ): Promise<{ token: string }> {
    return this.make(principal, audience);
  }

  /** The same by POST, for callers that never change state by GET. */
  @Post('one-time-token/generate')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    ...MAKING,
    aliasOf: 'generateOneTimeToken',
    example: {},
    summary: 'A token that hands this session on',
  })
  generateByPost(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: OneTimeTokenWishBody }) { audience }: z.infer<typeof OneTimeTokenWishBody>,
  ): Promise<{ token: string }> {
    return this.make(principal, audience);
  }

  @Post('one-time-token/verify')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'verifyOneTimeToken',
    headers: ['Set-Cookie', 'set-auth-token'],
    example: { token: 'the token of /one-time-token/generate' },
    summary: 'Sign in with a one-time token',
    description: 'Answers as a sign-in does, with the session cookie and `set-auth-token`.',
    response: StartedSessionAnswer,
    errors: { 400: 'INVALID_TOKEN, SESSION_NOT_FOUND', 403: 'INVALID_ORIGIN', 429: 'TOO_MANY_REQUESTS' },
  })
  async verify(
    @Body({ schema: OneTimeTokenBody }) { token }: z.infer<typeof OneTimeTokenBody>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const { user, started } = await this.tokens.redeem(token, callerOf(request));
    return this.replies.signedIn({ ...startedBody(started), user }, started, request.headers);
  }

  private async make(principal: AuthPrincipal, audience?: string): Promise<{ token: string }> {
    // By GET too: what it hands on would be a session of the user in person.
    requireInPerson(principal);
    const { sessionId, subjectId } = principal;
    if (!this.settings.oneTimeToken.clientRequests)
      throw AuthError.badRequest('CLIENT_REQUESTS_ARE_DISABLED', 'Client requests are disabled');
    if (audience !== undefined && !(await this.isTrustedOrigin(audience)))
      throw AuthError.forbidden('INVALID_AUDIENCE', 'Invalid audience');
    const token =
      sessionId === null ? null : await this.tokens.make({ sessionId, subjectId, audience: audience ?? null });
    if (token === null) throw AuthError.unauthenticated();
    return { token };
  }

  private async isTrustedOrigin(text: string): Promise<boolean> {
    return originOfAddress(text) === text && this.origins.trusts(text);
  }
}
