import { Headers, HttpCode, Post } from '@nestjs/common';
import { html } from '../../common/html.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { page, type PageReply } from '../../common/http/pages/page.js';
import { picture } from '../../common/http/pages/pictures.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { text } from '../../common/texts/text.js';
import { SessionReplies } from '../sessions/session.replies.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';

/** Ends the sessions of this browser. */
@AuthController()
export class SignOutPageController {
  constructor(
    private readonly replies: SessionReplies,
    private readonly flow: AccountSignInFlow,
    private readonly routes: AuthRoutes,
  ) {}

  @Post('account/sign-out')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: 'Pages', summary: 'The form that signs out', hidden: true })
  async signOut(@Headers() headers: HeaderBag): Promise<PageReply> {
    const signInUrl = this.flow.signInUrl(this.routes.publicPathOf('/account'));
    const reply = page({
      title: text('signedOut.title'),
      body: html`
        ${picture('done')}
        <p id="signed-out">${text('signedOut.text')}</p>
        <p><a class="button plain" href="${signInUrl}">${text('signedOut.again')}</a></p>
      `,
    });
    return reply.cookie(...(await this.replies.leave(headers)));
  }
}
