import { Body, HttpCode, Post } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { StatusAnswer } from '../account.schemas.js';
import { ChangeEmailBody } from './email-change.schemas.js';
import { EmailChanges } from './email-changes.js';

/** Asks for another address, on better-auth's wire. */
@AuthController()
export class ChangeEmailController {
  constructor(
    private readonly changes: EmailChanges,
    private readonly origins: TrustedOrigins,
  ) {}

  @Post('change-email')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: 'Account',
    id: 'changeEmail',
    example: { newEmail: 'ada@example.org' },
    summary: 'Ask for another e-mail address',
    description:
      'Sends a link to the present address where it is verified, then one to the new address; the address changes when that is opened. The answer is the same for an address that is taken.',
    response: StatusAnswer,
    errors: {
      400: 'CHANGE_EMAIL_DISABLED, VERIFICATION_EMAIL_NOT_ENABLED, EMAIL_IS_THE_SAME, INVALID_EMAIL',
      401: 'UNAUTHORIZED',
      403: 'SESSION_NOT_FRESH, INVALID_CALLBACK_URL',
      429: 'TOO_MANY_REQUESTS',
    },
  })
  async change(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: ChangeEmailBody }) { newEmail, callbackURL }: z.infer<typeof ChangeEmailBody>,
  ): Promise<{ status: true }> {
    const callbackUrl = callbackURL ? await requireCallbackUrl(callbackURL, this.origins) : null;
    await this.changes.request(principal, newEmail, callbackUrl);
    return { status: true };
  }
}
