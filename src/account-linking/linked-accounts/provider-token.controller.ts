import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import {
  AccessTokenAnswer,
  AccountBody,
  AccountInfoAnswer,
  AccountQuery,
  RefreshedTokensAnswer,
} from '../account-linking.schemas.js';
import { selectorOf } from './linked-account.controller.js';
import {
  ProviderTokensService,
  type AccountInfo,
  type ProviderAccessToken,
  type RefreshedTokens,
} from './provider-tokens.service.js';

const TAG = 'Account linking';
const ERRORS = {
  400: 'ACCOUNT_NOT_FOUND, PROVIDER_NOT_SUPPORTED, FAILED_TO_GET_ACCESS_TOKEN',
  401: 'UNAUTHORIZED',
  502: 'FAILED_TO_GET_ACCESS_TOKEN',
};
const REFRESH_ERRORS = {
  400: 'ACCOUNT_NOT_FOUND, REFRESH_TOKEN_NOT_FOUND, FAILED_TO_REFRESH_ACCESS_TOKEN',
  401: 'UNAUTHORIZED',
  502: 'FAILED_TO_REFRESH_ACCESS_TOKEN',
};

/** Tokens and data that the caller's providers gave us. */
@AuthController()
@SessionAuth()
export class ProviderTokenController {
  constructor(private readonly tokens: ProviderTokensService) {}

  @Post('get-access-token')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'getProviderAccessToken',
    example: { providerId: 'google' },
    summary: 'An access token for the provider, refreshed when it is about to expire',
    description:
      'Names the linked account as `/unlink-account` does. The token opens the API of the provider, not this one.',
    response: AccessTokenAnswer,
    errors: ERRORS,
  })
  accessToken(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: AccountBody }) body: z.infer<typeof AccountBody>,
  ): Promise<ProviderAccessToken> {
    return this.tokens.accessToken(principal.subjectId, selectorOf(body));
  }

  @Post('refresh-token')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'refreshProviderTokens',
    example: { providerId: 'google' },
    summary: 'Refresh the tokens at the provider now',
    description:
      'Needs a refresh token that the provider has given. Names the linked account as `/unlink-account` does.',
    response: RefreshedTokensAnswer,
    errors: REFRESH_ERRORS,
  })
  refresh(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: AccountBody }) body: z.infer<typeof AccountBody>,
  ): Promise<RefreshedTokens> {
    return this.tokens.refresh(principal.subjectId, selectorOf(body));
  }

  @Get('account-info')
  @DescribeRoute({
    tag: TAG,
    id: 'getProviderAccountInfo',
    summary: 'What the provider says of the user today',
    description: 'Asked of the provider now, with the token of the linked account.',
    response: AccountInfoAnswer,
    errors: ERRORS,
  })
  info(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Query({ schema: AccountQuery }) query: z.infer<typeof AccountQuery>,
  ): Promise<AccountInfo> {
    return this.tokens.info(principal.subjectId, selectorOf(query));
  }
}
