import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { BrowserSession } from '../../common/guards/browser-session.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { onwardAfterForm } from '../../common/http/pages/onward.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { HostPorts } from '../../common/ports/port.js';
import { PasskeySignIns } from '../authentication/passkey-sign-ins.js';
import { PasskeySignInForm } from '../passkeys.schemas.js';

/** Takes the form of the sign-in page that the script has sent. */
@AuthController()
export class SignInPasskeyController {
  constructor(
    private readonly signIns: PasskeySignIns,
    private readonly browser: BrowserSession,
    private readonly ports: HostPorts,
    private readonly origins: TrustedOrigins,
    private readonly routes: AuthRoutes,
  ) {}

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
    const continueTo = form.continue
      ? await requireCallbackUrl(form.continue, this.origins)
      : this.routes.publicPathOf('/account');
    const principal = await this.browser.principal(caller.headers);
    const result = await this.signIns.signIn({ answer: form.response, principal, answersWithBody: false, caller });
    if (result.kind === 'step-up') return onwardAfterForm(continueTo, caller.headers);
    const { cookies } = this.ports.sessionTransport.get().carry(result.outcome, caller.headers);
    const url = await this.ports.signInFlow.get().sendBack(result.outcome, continueTo);
    return onwardAfterForm(url, caller.headers).cookie(...cookies);
  }
}
