import { Body, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { html } from '../../common/html.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { page } from '../../common/http/pages/page.js';
import { picture } from '../../common/http/pages/pictures.js';
import { seeOther, type HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { Outbox } from '../../common/mail/outbox.js';
import { text } from '../../common/texts/text.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';
import { EmailVerifications } from '../verification/email-verifications.js';
import { VerifyAgainForm, VerifyAgainQuery } from './page.schemas.js';

const PATH = '/verify-again';
const TAG = 'Pages';

/** A new link for those whom the sign-in page has refused because nobody has verified their address. */
@AuthController()
export class VerifyAgainPageController {
  constructor(
    private readonly verifications: EmailVerifications,
    private readonly outbox: Outbox,
    private readonly flow: AccountSignInFlow,
    private readonly routes: AuthRoutes,
    private readonly origins: TrustedOrigins,
  ) {}

  /** The link leads back to what the sign-in was for. */
  @Post('verify-again')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Sends the link', hidden: true })
  async send(
    @Body({ schema: VerifyAgainForm }) { email, continue: given }: z.infer<typeof VerifyAgainForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const continueTo = given ? await requireCallbackUrl(given, this.origins) : null;
    await this.verifications.request(email, continueTo, callerOf(request));
    const query = new URLSearchParams({ done: 'sent', ...(continueTo !== null && { continue: continueTo }) });
    return seeOther(`${this.routes.publicPathOf(PATH)}?${query}`);
  }

  @Get('verify-again')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'After the link was sent', hidden: true })
  async show(@Query({ schema: VerifyAgainQuery }) query: z.infer<typeof VerifyAgainQuery>): Promise<HttpReply> {
    const continueTo = query.continue
      ? await requireCallbackUrl(query.continue, this.origins)
      : this.routes.publicPathOf('/account');
    const signInUrl = this.flow.signInUrl(continueTo);
    if (query.done === undefined) return seeOther(signInUrl);
    return page({
      title: text('verifyAgain.sentTitle'),
      body: html`
        ${picture('done')}
        <p id="sent">${text('verifyAgain.sent')}</p>
        ${this.outbox.isDelayed && html`<p class="warning">${text('mail.delayed')}</p>`}
        <p><a class="button plain" href="${signInUrl}">${text('recover.back')}</a></p>
      `,
    });
  }
}
