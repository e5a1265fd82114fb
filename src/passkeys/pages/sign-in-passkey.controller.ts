import { Body, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { BrowserSession } from '../../common/guards/browser-session.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { onwardAfterForm } from '../../common/http/pages/onward.js';
import { seeOther, type HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { HostPorts } from '../../common/ports/port.js';
import { PasskeySignIns } from '../authentication/passkey-sign-ins.js';
import { PasskeySignInForm, PasskeySignInQuery } from '../passkeys.schemas.js';
import { SignInPart } from './sign-in-part.js';

/** A passkey on the pages of signing in: takes the form that the script has sent, and asks for one as a further factor. */
@AuthController()
export class SignInPasskeyController {
  constructor(
    private readonly signIns: PasskeySignIns,
    private readonly part: SignInPart,
    private readonly browser: BrowserSession,
    private readonly ports: HostPorts,
    private readonly origins: TrustedOrigins,
    private readonly routes: AuthRoutes,
  ) {}

  @Get('sign-in/passkey')
  @RendersPage()
  @DescribeRoute({ tag: 'Pages', summary: 'Asks for a passkey as a further factor', hidden: true })
  async show(
    @Query({ schema: PasskeySignInQuery }) { continue: given }: z.infer<typeof PasskeySignInQuery>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const caller = callerOf(request);
    const continueTo = await this.target(given);
    const waiting = await this.signIns.waitingIn(caller);
    const otherWay = waiting?.pageUrl(continueTo) ?? this.ports.signInFlow.get().signInUrl(continueTo);
    const isSomebody = waiting ?? (await this.browser.principal(caller.headers));
    return isSomebody ? this.part.page(continueTo, otherWay) : seeOther(otherWay);
  }

  @Post('sign-in/passkey')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: 'Pages', summary: 'The form of the sign-in page for passkeys', hidden: true })
  async signIn(
    @Body({ schema: PasskeySignInForm }) form: z.infer<typeof PasskeySignInForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const caller = callerOf(request);
    const continueTo = await this.target(form.continue);
    const principal = await this.browser.principal(caller.headers);
    const result = await this.signIns.signIn({ answer: form.response, principal, answersWithBody: false, caller });
    if (result.kind === 'step-up') return onwardAfterForm(continueTo, caller.headers);
    const { cookies } = this.ports.sessionTransport.get().carry(result.outcome, caller.headers);
    const url = await this.ports.signInFlow.get().sendBack(result.outcome, continueTo);
    return onwardAfterForm(url, caller.headers).cookie(...cookies, ...result.cookies);
  }

  /** Where the browser goes with its session (T069). */
  private async target(given: string | undefined): Promise<string> {
    return given ? requireCallbackUrl(given, this.origins) : this.routes.publicPathOf('/account');
  }
}
