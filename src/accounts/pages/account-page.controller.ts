import { Get, Headers, HttpCode, Post } from '@nestjs/common';
import type { CurrentSession } from '../../common/ports/sessions.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { header, type HeaderBag } from '../../common/http/request/headers.js';
import { HttpReply } from '../../common/http/request/reply.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { SessionReplies } from '../sessions/session.replies.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';
import { accountPage, signedOutPage } from './account.page.js';

const TAG = 'Pages';

/** Shows who is signed in and signs them out, without script. */
@AuthController()
export class AccountPageController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly replies: SessionReplies,
    private readonly flow: AccountSignInFlow,
    private readonly routes: AuthRoutes,
  ) {}

  @Get('account')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Who is signed in in this browser', hidden: true })
  async show(@Headers() headers: HeaderBag): Promise<HttpReply> {
    const current = await this.currentOf(headers);
    if (current) return accountPage(current.user, `${this.address}/sign-out`);
    const reply = new HttpReply('').withStatus(303).header('Location', this.signInUrl);
    return reply.cookie(...(await this.replies.clearedIfDead(headers)));
  }

  @Post('account/sign-out')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that signs out', hidden: true })
  async signOut(@Headers() headers: HeaderBag): Promise<HttpReply> {
    return signedOutPage(this.signInUrl).cookie(...(await this.replies.leave(headers)));
  }

  /** By the cookie alone: a token of the user does not show that they are at this browser. */
  private currentOf(headers: HeaderBag): Promise<CurrentSession | null> {
    return this.sessions.current({ cookie: header(headers, 'cookie') });
  }

  private get address(): string {
    return this.routes.publicPathOf('/account');
  }

  private get signInUrl(): string {
    return this.flow.signInUrl(this.address);
  }
}
