import { Body, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { html } from '../../common/html.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { requireCallbackUrl, withError } from '../../common/http/origins/callback-url.js';
import { GetAlone, RendersPage } from '../../common/http/origins/request.guard.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { page } from '../../common/http/pages/page.js';
import { picture } from '../../common/http/pages/pictures.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { HttpReply, redirectTo } from '../../common/http/request/reply.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { text } from '../../common/texts/text.js';
import { StatusAnswer } from '../account.schemas.js';
import { SessionReplies } from '../sessions/session.replies.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';
import { EmailVerifications } from './email-verifications.js';
import {
  SendVerificationBody,
  VerifiedPageQuery,
  VerifyEmailAnswer,
  VerifyEmailQuery,
} from './verification.schemas.js';

const TAG = 'Recovery';

/** Verifies addresses by links, on better-auth's wire. */
@AuthController()
export class EmailVerificationController {
  constructor(
    private readonly verifications: EmailVerifications,
    private readonly flow: AccountSignInFlow,
    private readonly replies: SessionReplies,
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

  @Get('verify-email')
  @GetAlone()
  @DescribeRoute({
    tag: TAG,
    id: 'verifyEmail',
    headers: ['Set-Cookie'],
    summary: 'Verify an address by the link of the mail',
    description:
      'With `callbackURL` the browser is sent there, with `error` where the link is not good; without it the answer is JSON.',
    response: VerifyEmailAnswer,
    errors: { 401: 'INVALID_TOKEN, TOKEN_EXPIRED', 403: 'INVALID_CALLBACK_URL', 429: 'TOO_MANY_REQUESTS' },
  })
  async verify(
    @Query({ schema: VerifyEmailQuery }) { token, callbackURL }: z.infer<typeof VerifyEmailQuery>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const callbackUrl = callbackURL ? await requireCallbackUrl(callbackURL, this.origins) : null;
    const caller = callerOf(request);
    try {
      const { outcome } = await this.verifications.verify(token, caller);
      const target = callbackUrl && outcome ? await this.flow.sendBack(outcome, callbackUrl) : callbackUrl;
      const reply = target === null ? new HttpReply({ status: true, user: null }) : redirectTo(target).withStatus(302);
      if (outcome) reply.cookie(...this.replies.carry(outcome, caller.headers).cookies);
      return reply.header('Cache-Control', 'no-store');
    } catch (error) {
      if (callbackUrl === null || !(error instanceof AuthError) || error.status !== 401) throw error;
      return redirectTo(withError(callbackUrl, error.code)).withStatus(302).header('Cache-Control', 'no-store');
    }
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
