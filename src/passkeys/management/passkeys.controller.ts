import { Body, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import type { PasskeyView } from '../keys/passkey.view.js';
import {
  DeletedAnswer,
  DeletePasskeyBody,
  PasskeyListAnswer,
  RenamedAnswer,
  UpdatePasskeyBody,
} from '../passkeys.schemas.js';
import { PasskeysService } from './passkeys.service.js';

const TAG = 'Passkeys';

/** The caller's passkeys, on better-auth's wire. */
@AuthController()
@SessionAuth()
export class PasskeysController {
  constructor(private readonly passkeys: PasskeysService) {}

  @Get('passkey/list-user-passkeys')
  @DescribeRoute({
    tag: TAG,
    id: 'listPasskeys',
    summary: 'List the passkeys',
    description: 'Oldest first.',
    response: PasskeyListAnswer,
    errors: { 401: 'UNAUTHORIZED' },
  })
  list(@CurrentPrincipal() principal: AuthPrincipal): Promise<PasskeyView[]> {
    return this.passkeys.list(principal.subjectId);
  }

  @Post('passkey/update-passkey')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'updatePasskey',
    summary: 'Rename a passkey',
    description: 'The name is for the user alone.',
    example: { id: '01980c5e-7b1a-7c3e-9f00-5d0c2a1b4e6f', name: 'My phone' },
    response: RenamedAnswer,
    errors: { 401: 'UNAUTHORIZED', 404: 'PASSKEY_NOT_FOUND' },
  })
  async update(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: UpdatePasskeyBody }) { id, name }: z.infer<typeof UpdatePasskeyBody>,
  ): Promise<{ passkey: PasskeyView }> {
    return { passkey: await this.passkeys.rename(principal.subjectId, id, name) };
  }

  @Post('passkey/delete-passkey')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'deletePasskey',
    summary: 'Remove a passkey',
    description: 'Needs a fresh session, and another way to sign in. The user is told by mail.',
    example: { id: '01980c5e-7b1a-7c3e-9f00-5d0c2a1b4e6f' },
    response: DeletedAnswer,
    errors: {
      400: 'LAST_SIGN_IN_METHOD',
      401: 'UNAUTHORIZED, INSUFFICIENT_USER_AUTHENTICATION: show a second factor first',
      403: 'SESSION_NOT_FRESH',
      404: 'PASSKEY_NOT_FOUND',
    },
  })
  async remove(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: DeletePasskeyBody }) { id }: z.infer<typeof DeletePasskeyBody>,
    @Req() request: GuardedRequest,
  ): Promise<{ status: true }> {
    await this.passkeys.remove({ principal, caller: callerOf(request) }, id);
    return { status: true };
  }
}
