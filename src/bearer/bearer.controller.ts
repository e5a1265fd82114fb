import { Body, HttpCode, Post } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal } from '../common/guards/decorators.js';
import { AlsoImpersonated, SessionAuth } from '../common/guards/session-auth.js';
import { AuthController } from '../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import { BearerTokensAnswer, RefreshBody, RevokedAnswer } from './bearer.schemas.js';
import { BearerService, type BearerTokens } from './bearer.service.js';

const TAG = 'Bearer tokens';

/** First-party access and refresh tokens. */
@AuthController('token')
export class BearerController {
  constructor(private readonly bearer: BearerService) {}

  @Post('refresh')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'refreshBearerTokens',
    example: { refreshToken: 'nar_…' },
    summary: 'Rotate a refresh token',
    description:
      'The presented token is spent. A repeat within 10 seconds gets the same answer; a later one means that a copy exists, and ends all tokens of the sign-in. One that is bound to a key needs a proof of it (`DPoP`).',
    response: BearerTokensAnswer,
    errors: { 400: 'INVALID_DPOP_PROOF, USE_DPOP_NONCE', 401: 'INVALID_REFRESH_TOKEN' },
  })
  refresh(@Body({ schema: RefreshBody }) body: z.infer<typeof RefreshBody>): Promise<BearerTokens> {
    return this.bearer.refresh(body.refreshToken);
  }

  @Post('issue')
  @HttpCode(200)
  @SessionAuth()
  @AlsoImpersonated()
  @DescribeRoute({
    tag: TAG,
    id: 'issueBearerTokens',
    summary: 'Make an access and a refresh token for the current session',
    description: 'With the cookie or the token of the session; a refresh token replaces itself at `/token/refresh`.',
    response: BearerTokensAnswer,
    errors: {
      400: 'REFRESH_TOKEN_DISABLED, INVALID_DPOP_PROOF, USE_DPOP_NONCE',
      401: 'UNAUTHORIZED: no session, or a token made from one',
    },
  })
  issue(@CurrentPrincipal() principal: AuthPrincipal): Promise<BearerTokens> {
    return this.bearer.issue(principal);
  }

  @Post('revoke')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'revokeRefreshToken',
    example: { refreshToken: 'nar_…' },
    summary: 'End a refresh token and all that came from it',
    description: 'For a sign-out of an app. An unknown token is no error.',
    response: RevokedAnswer,
  })
  async revoke(@Body({ schema: RefreshBody }) body: z.infer<typeof RefreshBody>) {
    await this.bearer.revoke(body.refreshToken);
    return { success: true };
  }
}
