import { Body, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { html } from '../../common/html.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { RendersPage } from '../../common/http/origins/request.guard.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { page } from '../../common/http/pages/page.js';
import { picture } from '../../common/http/pages/pictures.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { text } from '../../common/texts/text.js';
import { StatusAnswer } from '../account.schemas.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';
import { EmailVerifications } from './email-verifications.js';
import { SendVerificationBody, VerifiedPageQuery } from './verification.schemas.js';

const TAG = 'Recovery';

/** Asks for links that verify addresses, on better-auth's wire. */
@AuthController()
export class EmailVerificationController {
  constructor(
    private readonly verifications: EmailVerifications,
    private readonly flow: AccountSignInFlow,
    private readonly origins: TrustedOrigins,
    private readonly routes: AuthRoutes,
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

  @Get('email-verified')
  @RendersPage()
  @DescribeRoute({ tag: 'Pages', summary: 'Where links lead that name no other page', hidden: true })
  show(@Query({ schema: VerifiedPageQuery }) { error }: z.infer<typeof VerifiedPageQuery>): HttpReply {
    const isGood = error === undefined;
    return page({
      title: text(isGood ? 'verified.title' : 'verified.failedTitle'),
      hasFault: !isGood,
      body: html`
        ${isGood && picture('done')}
        <p id="verified">${text(isGood ? 'verified.text' : 'verified.failed')}</p>
        <p>
          <a class="button" href="${this.flow.signInUrl(this.routes.publicPathOf('/account'))}"
            >${text('signIn.button')}</a
          >
        </p>
      `,
    });
  }
}
