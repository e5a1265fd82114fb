import { Body, Get, HttpCode, Post } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { HostPorts } from '../../common/ports/port.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { AccountBody, LinkedAccountsAnswer, UnlinkedAnswer } from '../account-linking.schemas.js';
import type { AccountSelector } from './linked-account.store.js';
import { LinkedAccountsService, type LinkedAccountView } from './linked-accounts.service.js';

const TAG = 'Account linking';

/** The caller's sign-in methods. */
@AuthController()
@SessionAuth()
export class LinkedAccountController {
  constructor(
    private readonly accounts: LinkedAccountsService,
    private readonly ports: HostPorts,
  ) {}

  @Get('list-accounts')
  @DescribeRoute({
    tag: TAG,
    id: 'listAccounts',
    summary: 'List the sign-in methods',
    description: 'The password is provider `credential`. Tokens are never shown here.',
    response: LinkedAccountsAnswer,
    errors: { 401: 'UNAUTHORIZED' },
  })
  list(@CurrentPrincipal() principal: AuthPrincipal): Promise<LinkedAccountView[]> {
    return this.accounts.listAll(principal.subjectId);
  }

  @Post('unlink-account')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'unlinkAccount',
    example: { providerId: 'google' },
    summary: 'Remove a sign-in method',
    description: 'By `accountId` of the list, or by `providerId` and, where there are several, the id at the provider.',
    response: UnlinkedAnswer,
    errors: {
      400: 'ACCOUNT_NOT_FOUND, FAILED_TO_UNLINK_LAST_ACCOUNT',
      401: 'UNAUTHORIZED',
      403: 'SESSION_NOT_FRESH',
    },
  })
  async unlink(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: AccountBody }) body: z.infer<typeof AccountBody>,
  ) {
    await this.ports.sessions.get().requireFresh(principal);
    await this.accounts.unlink(principal.subjectId, selectorOf(body));
    return { status: true };
  }
}

/**
 * Serves both generations of better-auth's wire: `accountId` is the provider's id beside `providerId`, else that of our row.
 * @throws AuthError 400 `VALIDATION_ERROR` with neither
 */
export function selectorOf(body: z.infer<typeof AccountBody>): AccountSelector {
  if (body.providerId !== undefined) return { providerId: body.providerId, accountId: body.accountId ?? null };
  if (body.accountId !== undefined) return { id: body.accountId };
  throw AuthError.validation(['[body] Invalid input']);
}
