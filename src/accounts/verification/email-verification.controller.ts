import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { StatusAnswer } from '../account.schemas.js';
import { EmailVerifications } from './email-verifications.js';
import { SendVerificationBody } from './verification.schemas.js';

const TAG = 'Recovery';

/** Asks for links that verify addresses, on better-auth's wire. */
@AuthController()
export class EmailVerificationController {
  constructor(
    private readonly verifications: EmailVerifications,
    private readonly origins: TrustedOrigins,
  ) {}

  @Post('send-verification-email')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'sendVerificationEmail',
    credentials: ['session', 'bearer', 'none'],
    example: { email: 'ada@example.com' },
    summary: 'Ask for a link that verifies an address',
    description: 'Without a session the answer is the same for every address.',
    response: StatusAnswer,
    errors: {
      400: 'VERIFICATION_EMAIL_NOT_ENABLED, EMAIL_MISMATCH, EMAIL_ALREADY_VERIFIED',
      403: 'INVALID_CALLBACK_URL',
      429: 'TOO_MANY_REQUESTS',
    },
  })
  async send(
    @Body({ schema: SendVerificationBody }) { email, callbackURL }: z.infer<typeof SendVerificationBody>,
    @Req() request: GuardedRequest,
  ): Promise<{ status: true }> {
    const callbackUrl = callbackURL ? await requireCallbackUrl(callbackURL, this.origins) : null;
    await this.verifications.request(email, callbackUrl, callerOf(request));
    return { status: true };
  }
}
