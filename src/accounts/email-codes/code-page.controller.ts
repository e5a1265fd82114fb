import { Body, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { onwardAfterForm } from '../../common/http/pages/onward.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { seeOther, type HttpReply } from '../../common/http/request/reply.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { askPage } from '../mailbox-sign-in/ask-address.page.js';
import { continueAddress } from '../mailbox-sign-in/continue-address.js';
import { SessionReplies } from '../sessions/session.replies.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';
import { CodeOrders } from './code-orders.js';
import { CodeSignIns } from './code-sign-ins.js';
import { CodePageForm, CodePageQuery, EnterCodeForm } from './email-code.schemas.js';
import { enterCodePage } from './enter-code.page.js';

const TAG = 'Pages';
export const CODE_PATH = '/sign-in-code';
const ENTER_PATH = '/sign-in-code/enter';
const WORDS = { title: 'byMail.codeTitle', about: 'byMail.codeAbout', button: 'byMail.codeButton' } as const;

/** Sign-in by a code without script. */
@AuthController()
export class CodePageController {
  constructor(
    private readonly orders: CodeOrders,
    private readonly codes: CodeSignIns,
    private readonly flow: AccountSignInFlow,
    private readonly replies: SessionReplies,
    private readonly origins: TrustedOrigins,
    private readonly routes: AuthRoutes,
  ) {}

  @Get('sign-in-code')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Asks for the address to send a code to, then for the code', hidden: true })
  async ask(@Query({ schema: CodePageQuery }) query: z.infer<typeof CodePageQuery>): Promise<HttpReply> {
    this.orders.requireOn();
    const continueTo = await continueAddress(query.continue, this.origins, this.routes);
    const email = query.login_hint ?? '';
    return query.sent === undefined ? this.asked(continueTo, email, null) : this.entered(continueTo, email, null);
  }

  @Post('sign-in-code')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Sends the code', hidden: true })
  async send(
    @Body({ schema: CodePageForm }) { email, continue: target }: z.infer<typeof CodePageForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    this.orders.requireOn();
    const continueTo = await continueAddress(target, this.origins, this.routes);
    try {
      await this.orders.order('sign-in', email, callerOf(request));
    } catch (error) {
      return this.asked(continueTo, email, correctable(error));
    }
    return seeOther(`${this.addressOf(continueTo, email)}&sent=yes`);
  }

  @Post('sign-in-code/enter')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Takes the code', hidden: true })
  async enter(
    @Body({ schema: EnterCodeForm }) { email, otp, continue: target }: z.infer<typeof EnterCodeForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    this.orders.requireOn();
    const continueTo = await continueAddress(target, this.origins, this.routes);
    try {
      const newcomer = { name: null, image: null, answersWithBody: false };
      const { outcome } = await this.codes.signIn({ email, otp, caller: callerOf(request) }, newcomer);
      const url = await this.flow.sendBack(outcome, continueTo);
      const { cookies } = this.replies.carry(outcome, request.headers);
      return onwardAfterForm(url, request.headers).cookie(...cookies);
    } catch (error) {
      return this.entered(continueTo, email, correctable(error));
    }
  }

  private asked(continueTo: string, email: string, failure: AuthError | null): HttpReply {
    const action = this.routes.publicPathOf(CODE_PATH, 'POST');
    return askPage({ words: WORDS, action, continueTo, email, failure, signInUrl: this.flow.signInUrl(continueTo) });
  }

  private entered(continueTo: string, email: string, failure: AuthError | null): HttpReply {
    return enterCodePage({
      action: this.routes.publicPathOf(ENTER_PATH, 'POST'),
      continueTo,
      email,
      failure,
      isDelayed: this.orders.areDelayed,
      againUrl: this.addressOf(continueTo, email),
    });
  }

  private addressOf(continueTo: string, email: string): string {
    return `${this.routes.publicPathOf(CODE_PATH)}?${new URLSearchParams({ continue: continueTo, login_hint: email })}`;
  }
}

/** What the user can do something about is shown on the page. @throws the others */
function correctable(error: unknown): AuthError {
  if (error instanceof AuthError && error.status < 500) return error;
  throw error;
}
