import { Body, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { GetAlone } from '../../common/http/origins/request.guard.js';
import { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import type { PasskeyView } from '../keys/passkey.view.js';
import {
  ATTESTATION_EXAMPLE,
  CreationOptionsAnswer,
  PasskeyAnswer,
  RegisterOptionsQuery,
  VerifyRegistrationBody,
} from '../passkeys.schemas.js';
import { Registrations } from './registrations.js';

const TAG = 'Passkeys';
const ERRORS = {
  401: 'UNAUTHORIZED, INSUFFICIENT_USER_AUTHENTICATION: show a second factor first',
  403: 'SESSION_NOT_FRESH',
};

/** Adds passkeys, on better-auth's wire. */
@AuthController()
@SessionAuth()
export class RegistrationController {
  constructor(private readonly registrations: Registrations) {}

  @Get('passkey/generate-register-options')
  @GetAlone()
  @DescribeRoute({
    tag: TAG,
    id: 'beginPasskeyRegistration',
    summary: 'Begin to add a passkey',
    description: 'The options for `navigator.credentials.create`, as JSON. Needs a fresh session.',
    response: CreationOptionsAnswer,
    headers: ['Set-Cookie'],
    errors: { ...ERRORS, 400: 'PASSKEY_LIMIT_REACHED', 429: 'TOO_MANY_REQUESTS' },
  })
  async begin(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Query({ schema: RegisterOptionsQuery }) query: z.infer<typeof RegisterOptionsQuery>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const { options, cookie } = await this.registrations.begin({ principal, caller: callerOf(request) }, query);
    return new HttpReply(options).cookie(cookie).header('Cache-Control', 'no-store');
  }

  @Post('passkey/verify-registration')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'verifyPasskeyRegistration',
    summary: 'Add a passkey',
    description: 'With what `navigator.credentials.create` gave, as JSON. The user is told by mail.',
    example: { response: ATTESTATION_EXAMPLE, name: 'My phone' },
    response: PasskeyAnswer,
    errors: {
      ...ERRORS,
      400: 'CHALLENGE_NOT_FOUND, FAILED_TO_VERIFY_REGISTRATION, PREVIOUSLY_REGISTERED, PASSKEY_LIMIT_REACHED',
    },
  })
  verify(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: VerifyRegistrationBody }) body: z.infer<typeof VerifyRegistrationBody>,
    @Req() request: GuardedRequest,
  ): Promise<PasskeyView> {
    return this.registrations.finish({ principal, caller: callerOf(request) }, body.response, body.name || null);
  }
}
