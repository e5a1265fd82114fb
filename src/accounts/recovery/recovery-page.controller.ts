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
import { PasswordResets } from './password-resets.js';
import {
  badLinkPage,
  NEW_PASSWORD_FIELDS,
  newPasswordPage,
  recoverPage,
  recoveredPage,
  sentPage,
} from './recovery.pages.js';
import { NewPasswordForm, NewPasswordQuery, RecoverForm, RecoverQuery } from './recovery.schemas.js';

const TAG = 'Pages';

/** A new password without script: who asks, what was sent, the new one, and that it counts. */
@AuthController()
export class RecoveryPageController {
  constructor(
    private readonly resets: PasswordResets,
    private readonly routes: AuthRoutes,
    private readonly flow: AccountSignInFlow,
    private readonly origins: TrustedOrigins,
  ) {}

  @Get('recover')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Asks for the address of whoever has forgotten their password', hidden: true })
  async ask(@Query({ schema: RecoverQuery }) query: z.infer<typeof RecoverQuery>): Promise<HttpReply> {
    this.requireOn();
    const continueTo = await this.target(query.continue);
    const signInUrl = this.flow.signInUrl(continueTo);
    if (query.done !== undefined) return sentPage(signInUrl, this.resets.areDelayed);
    const action = this.routes.publicPathOf('/recover', 'POST');
    return recoverPage({ action, hint: query.login_hint ?? '', continueTo, signInUrl });
  }

  @Post('recover')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Sends the link', hidden: true })
  async send(
    @Body({ schema: RecoverForm }) { email, continue: given }: z.infer<typeof RecoverForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const query = new URLSearchParams({ done: 'sent', continue: await this.target(given) });
    await this.resets.request(email, null, callerOf(request));
    return seeOther(`${this.routes.publicPathOf('/recover')}?${query}`);
  }

  @Get('new-password')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Asks for the new password', hidden: true })
  async show(
    @Query({ schema: NewPasswordQuery }) { token, done }: z.infer<typeof NewPasswordQuery>,
  ): Promise<HttpReply> {
    if (done !== undefined) return recoveredPage(this.signInUrl(), this.resets.endsSessions);
    if (token === undefined || !(await this.resets.isGood(token))) return this.badLink();
    return this.formOf(token, null);
  }

  @Post('new-password')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Sets the new password', hidden: true })
  async set(
    @Body({ schema: NewPasswordForm }) { token, password }: z.infer<typeof NewPasswordForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    try {
      await this.resets.reset(token, password, callerOf(request));
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      if (error.code === 'INVALID_TOKEN') return this.badLink();
      if (error.code in NEW_PASSWORD_FIELDS) return this.formOf(token, error);
      throw error;
    }
    return seeOther(`${this.routes.publicPathOf('/new-password')}?done=set`);
  }

  private formOf(token: string, failure: AuthError | null): HttpReply {
    return newPasswordPage({
      action: this.routes.publicPathOf('/new-password', 'POST'),
      token,
      minLength: this.resets.minPasswordLength,
      failure,
    });
  }

  private badLink(): HttpReply {
    return badLinkPage(this.resets.isOn ? this.routes.publicPathOf('/recover') : null);
  }

  /** Where the browser goes with its session afterwards (T069). */
  private async target(given: string | undefined): Promise<string> {
    return given ? requireCallbackUrl(given, this.origins) : this.routes.publicPathOf('/account');
  }

  private signInUrl(): string {
    return this.flow.signInUrl(this.routes.publicPathOf('/account'));
  }

  /** @throws AuthError 404 where nobody sends mail */
  private requireOn(): void {
    if (!this.resets.isOn) throw AuthError.notFound();
  }
}
