import { Get, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { isFirstParty } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { GetAlone } from '../../common/http/origins/request.guard.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { HttpReply, redirectTo } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { wantsPage } from '../../common/http/request/wants-json.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { Caller } from '../../common/ports/caller.js';
import { requireInPerson } from '../../common/principal/impersonation.js';
import { EmailChanges, type EmailChangeLink } from '../email-change/email-changes.js';
import { SessionReplies } from '../sessions/session.replies.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';
import { EmailVerifications } from './email-verifications.js';
import { VerifyEmailAnswer, VerifyEmailQuery } from './verification.schemas.js';

/** A link of a mail that was opened. */
interface Click {
  readonly token: string;
  /** Where the browser goes on, checked; null: a program asks. */
  readonly callbackUrl: string | null;
  readonly caller: Caller;
}

/** Takes the links of all mails about an address, as better-auth does on one route: its verification, and both of its change. */
@AuthController()
export class EmailLinkController {
  constructor(
    private readonly verifications: EmailVerifications,
    private readonly changes: EmailChanges,
    private readonly sessions: SessionsService,
    private readonly flow: AccountSignInFlow,
    private readonly replies: SessionReplies,
    private readonly origins: TrustedOrigins,
    private readonly routes: AuthRoutes,
  ) {}

  @Get('verify-email')
  @GetAlone()
  @DescribeRoute({
    tag: 'Recovery',
    id: 'verifyEmail',
    headers: ['Set-Cookie'],
    credentials: ['session', 'bearer', 'none'],
    summary: 'Verify an address by the link of a mail',
    description:
      'With `callbackURL` the browser is sent there, with `error` where the link is not good; without it the answer is JSON. Links of a change of address need the session of the user who asked for it: a browser without one signs in first.',
    response: VerifyEmailAnswer,
    errors: {
      401: 'INVALID_TOKEN, TOKEN_EXPIRED, INVALID_USER, UNAUTHORIZED',
      403: 'INVALID_CALLBACK_URL',
      429: 'TOO_MANY_REQUESTS',
    },
  })
  async open(
    @Query({ schema: VerifyEmailQuery }) { token, callbackURL }: z.infer<typeof VerifyEmailQuery>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const callbackUrl = callbackURL ? await requireCallbackUrl(callbackURL, this.origins) : null;
    const click = { token, callbackUrl, caller: callerOf(request) };
    try {
      const change = await this.changes.find(token);
      const reply = change ? await this.change(change, click) : await this.verify(click);
      return reply.header('Cache-Control', 'no-store');
    } catch (error) {
      if (callbackUrl === null || !(error instanceof AuthError) || error.status !== 401) throw error;
      return redirectTo(withError(callbackUrl, error.code)).withStatus(302).header('Cache-Control', 'no-store');
    }
  }

  private async verify({ token, callbackUrl, caller }: Click): Promise<HttpReply> {
    const { outcome } = await this.verifications.verify(token, caller);
    const target = callbackUrl && outcome ? await this.flow.sendBack(outcome, callbackUrl) : callbackUrl;
    const reply = target === null ? new HttpReply({ status: true, user: null }) : redirectTo(target).withStatus(302);
    return outcome ? reply.cookie(...this.replies.carry(outcome, caller.headers).cookies) : reply;
  }

  private async change(link: EmailChangeLink, { token, callbackUrl, caller }: Click): Promise<HttpReply> {
    const user = await this.changes.require(link, caller);
    const identified = await this.sessions.identified(caller.headers);
    if (!identified || !isFirstParty(identified.principal)) return this.signInFirst(token, callbackUrl, caller);
    const { principal } = identified;
    requireInPerson(principal);
    const { done, user: changed } = await this.changes.follow(link, user, principal, caller);
    const body = done === 'changed' ? { status: true, user: changed } : { status: true };
    const answer = await this.replies.renewed(body, principal, caller.headers);
    return callbackUrl === null
      ? answer
      : redirectTo(callbackUrl)
          .withStatus(302)
          .cookie(...answer.cookies);
  }

  /** The link stays good: it is opened again by the user's own session. */
  private signInFirst(token: string, callbackUrl: string | null, { headers }: Caller): HttpReply {
    if (callbackUrl === null && !wantsPage(headers))
      throw new AuthError({ status: 401, code: 'UNAUTHORIZED', error: 'unauthorized', description: 'Unauthorized' });
    const query = new URLSearchParams({ token, ...(callbackUrl !== null && { callbackURL: callbackUrl }) });
    const url = this.flow.signInUrl(`${this.routes.publicPathOf('/verify-email')}?${query}`);
    return redirectTo(url).withStatus(302);
  }
}

/** Before the fragment, and beside what the query has. */
function withError(callbackUrl: string, code: string): string {
  const [address = '', fragment] = callbackUrl.split('#', 2);
  const separator = address.includes('?') ? '&' : '?';
  return `${address}${separator}error=${code}${fragment === undefined ? '' : `#${fragment}`}`;
}
