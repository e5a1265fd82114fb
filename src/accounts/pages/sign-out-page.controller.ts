import { Get, Headers, HttpCode, Post } from '@nestjs/common';
import { BrowserSession } from '../../common/guards/browser-session.js';
import { html } from '../../common/html.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { page } from '../../common/http/pages/page.js';
import { picture } from '../../common/http/pages/pictures.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { seeOther, type HttpReply } from '../../common/http/request/reply.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { text } from '../../common/texts/text.js';
import { SessionReplies } from '../sessions/session.replies.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';

/** Ends the sessions of this browser. */
@AuthController()
export class SignOutPageController {
  constructor(
    private readonly browser: BrowserSession,
    private readonly replies: SessionReplies,
    private readonly flow: AccountSignInFlow,
    private readonly routes: AuthRoutes,
  ) {}

  @Post('account/sign-out')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: 'Pages', summary: 'The form that signs out', hidden: true })
  async signOut(@Headers() headers: HeaderBag): Promise<HttpReply> {
    const cookies = await this.replies.leave(headers);
    return seeOther(this.routes.publicPathOf('/account/signed-out')).cookie(...cookies);
  }

  @Get('account/signed-out')
  @RendersPage()
  @DescribeRoute({ tag: 'Pages', summary: 'After a sign-out', hidden: true })
  async showDone(@Headers() headers: HeaderBag): Promise<HttpReply> {
    const account = this.routes.publicPathOf('/account');
    // Found by the back button after a new sign-in: it would say what is not true.
    if (await this.browser.principal(headers)) return seeOther(account);
    return page({
      title: text('signedOut.title'),
      body: html`
        ${picture('done')}
        <p id="signed-out">${text('signedOut.text')}</p>
        <p><a class="button" href="${this.flow.signInUrl(account)}">${text('signedOut.again')}</a></p>
      `,
    });
  }
}
