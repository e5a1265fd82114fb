import { Body, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { seeOther, type HttpReply } from '../../common/http/request/reply.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';
import { EmailVerifications } from './email-verifications.js';
import {
  notVerifiedPage,
  verificationSentPage,
  verifiedPage,
  VERIFY_FIELDS,
  verifyPage,
} from './verification.pages.js';
import { VerifiedPageQuery, VerifyForm, VerifyPageQuery } from './verification.schemas.js';

const TAG = 'Pages';

/** An address verified without script: who asks for another link, what was sent, and that it counts. */
@AuthController()
export class VerificationPageController {
  constructor(
    private readonly verifications: EmailVerifications,
    private readonly flow: AccountSignInFlow,
    private readonly routes: AuthRoutes,
    private readonly origins: TrustedOrigins,
  ) {}

  @Get('verify-address')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Asks for the address that a link is to be sent to', hidden: true })
  async ask(@Query({ schema: VerifyPageQuery }) query: z.infer<typeof VerifyPageQuery>): Promise<HttpReply> {
    const { login_hint: email = '', continue: given, done } = query;
    if (!this.verifications.isOn) throw AuthError.notFound();
    const continueTo = await this.target(given);
    if (done !== undefined) return verificationSentPage(this.signInUrl(continueTo), this.verifications.areDelayed);
    return this.formOf(email, continueTo, null);
  }

  @Post('verify-address')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Sends the link', hidden: true })
  async send(
    @Body({ schema: VerifyForm }) { email, continue: given }: z.infer<typeof VerifyForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const continueTo = await this.target(given);
    try {
      // The link leads back to what the sign-in was for.
      await this.verifications.request(email, continueTo, callerOf(request));
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      if (error.code === 'EMAIL_ALREADY_VERIFIED') return seeOther(this.routes.publicPathOf('/email-verified'));
      if (error.code in VERIFY_FIELDS) return this.formOf(email, continueTo, error);
      throw error;
    }
    const query = new URLSearchParams({ done: 'sent', ...(continueTo !== null && { continue: continueTo }) });
    return seeOther(`${this.routes.publicPathOf('/verify-address')}?${query}`);
  }

  @Get('email-verified')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Where links lead that name no other page', hidden: true })
  show(@Query({ schema: VerifiedPageQuery }) { error }: z.infer<typeof VerifiedPageQuery>): HttpReply {
    if (error === undefined) return verifiedPage(this.routes.publicPathOf('/account'));
    return notVerifiedPage(this.verifications.isOn ? this.routes.publicPathOf('/verify-address') : null);
  }

  private formOf(email: string, continueTo: string | null, failure: AuthError | null): HttpReply {
    const action = this.routes.publicPathOf('/verify-address', 'POST');
    return verifyPage({ action, email, continueTo, failure, signInUrl: this.signInUrl(continueTo) });
  }

  /** @returns null: none was given (T069) */
  private async target(given: string | undefined): Promise<string | null> {
    return given ? requireCallbackUrl(given, this.origins) : null;
  }

  private signInUrl(continueTo: string | null): string {
    return this.flow.signInUrl(continueTo ?? this.routes.publicPathOf('/account'));
  }
}
