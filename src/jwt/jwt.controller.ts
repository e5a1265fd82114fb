import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal } from '../common/guards/decorators.js';
import { AlsoImpersonated, SessionAuth } from '../common/guards/session-auth.js';
import { AuthController } from '../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import { JwtIssuer, type IssuedJwt } from './jwt.issuer.js';
import { GetTokenBody, GetTokenQuery, TokenAnswer } from './jwt.schemas.js';

const TAG = 'JWT';
const ERRORS = { 400: 'INVALID_AUDIENCE, INVALID_SCOPE', 401: 'UNAUTHORIZED' };

/** JWTs for the current session. */
@AuthController()
export class JwtController {
  constructor(private readonly issuer: JwtIssuer) {}

  @Get('token')
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'getJwt',
    summary: 'A JWT for the current session',
    response: TokenAnswer,
    errors: ERRORS,
  })
  token(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Query({ schema: GetTokenQuery }) query: z.infer<typeof GetTokenQuery>,
  ): Promise<IssuedJwt> {
    return this.issuer.issue(principal, query);
  }

  @Get('jwt/get-token')
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    aliasOf: 'getJwt',
    summary: 'A JWT for the current session (older name)',
    response: TokenAnswer,
    errors: ERRORS,
  })
  tokenByOlderName(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Query({ schema: GetTokenQuery }) query: z.infer<typeof GetTokenQuery>,
  ): Promise<IssuedJwt> {
    return this.issuer.issue(principal, query);
  }

  @Post('jwt/get-token')
  @HttpCode(200)
  @SessionAuth()
  @AlsoImpersonated()
  @DescribeRoute({
    tag: TAG,
    id: 'createJwt',
    example: {},
    summary: 'A JWT for another service',
    description: 'With an audience from the allow list, and scopes that are among those of the session.',
    response: TokenAnswer,
    errors: ERRORS,
  })
  tokenFor(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: GetTokenBody }) body: z.infer<typeof GetTokenBody>,
  ): Promise<IssuedJwt> {
    return this.issuer.issue(principal, body);
  }
}
