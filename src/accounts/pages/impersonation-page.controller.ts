import { Headers, HttpCode, Post, Req } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { BrowserSession } from '../../common/guards/browser-session.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { seeOther, type HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { actorOf } from '../../common/principal/impersonation.js';
import { AdministrationLog } from '../administration/administration.log.js';
import { Impersonations } from '../administration/impersonations.js';
import { SessionReplies } from '../sessions/session.replies.js';

/** The button of the mark on the pages of an account in which an administrator acts as the user. */
@AuthController()
export class ImpersonationPageController {
  constructor(
    private readonly browser: BrowserSession,
    private readonly impersonations: Impersonations,
    private readonly replies: SessionReplies,
    private readonly routes: AuthRoutes,
    private readonly log: AdministrationLog,
  ) {}

  @Post('account/stop-impersonating')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: 'Pages', summary: 'The form that stops acting as a user', hidden: true })
  async stop(@Headers() headers: HeaderBag, @Req() request: GuardedRequest): Promise<HttpReply> {
    const account = seeOther(this.routes.publicPathOf('/account'));
    const principal = await this.browser.principal(headers);
    if (!principal || actorOf(principal) === null) return account;
    const caller = callerOf(request);
    try {
      const { user, started } = await this.impersonations.stop(principal, caller);
      this.log.note({ id: user.id, caller }, 'stop-impersonating', principal.subjectId);
      return account.cookie(...this.replies.carry(started, headers).cookies);
    } catch (error) {
      // Sent twice, or it has ended meanwhile: whoever has no session signs in.
      if (error instanceof AuthError && error.status === 401) return account;
      throw error;
    }
  }
}
