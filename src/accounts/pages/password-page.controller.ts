import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { AccountArea, type AccountVisitor } from '../../common/http/areas/account-area.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { Caller } from '../../common/ports/caller.js';
import { OwnAccountService, type ChangePassword } from '../own-account/own-account.service.js';
import { OwnPasswords } from '../own-account/own-passwords.js';
import { SessionReplies } from '../sessions/session.replies.js';
import type { SignInResult } from '../sessions/sessions.service.js';
import { FirstPasswordForm, PasswordForm, type PasswordFields } from './page.schemas.js';
import { PROFILE_PATH as PATH, ProfilePages } from './profile-pages.js';

const TAG = 'Pages';

/** Changes the password, or sets the first one, from the first page of the account. */
@AuthController()
export class PasswordPageController {
  constructor(
    private readonly area: AccountArea,
    private readonly account: OwnAccountService,
    private readonly passwords: OwnPasswords,
    private readonly replies: SessionReplies,
    private readonly profile: ProfilePages,
  ) {}

  @Post('account/password')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form of the password', hidden: true })
  change(@Body({ schema: PasswordForm }) form: PasswordFields, @Req() request: GuardedRequest): Promise<HttpReply> {
    return this.area.forForm(request.headers, PATH, form, (visitor) =>
      this.profile.trying(visitor, {}, async () => {
        const { currentPassword, newPassword } = form;
        const revokeOtherSessions = form.endOthers === 'true';
        const change = { currentPassword, newPassword, revokeOtherSessions };
        const started = await this.changed(visitor, change, callerOf(request));
        const reply = this.area.back(PATH, 'passwordChanged');
        return started ? reply.cookie(...this.replies.carry(started, request.headers).cookies) : reply;
      }),
    );
  }

  @Post('account/first-password')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form of a first password', hidden: true })
  set(
    @Body({ schema: FirstPasswordForm }) form: z.infer<typeof FirstPasswordForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    return this.area.forForm(request.headers, PATH, form, (visitor) =>
      this.profile.trying(visitor, {}, async () => {
        const caller = callerOf(request);
        await this.passwords.set(visitor.principal, form.newPassword, caller).catch(async (error: unknown) => {
          // Sent twice: the first has set it, which is what was asked for.
          const isSet = error instanceof AuthError && error.code === 'PASSWORD_ALREADY_SET';
          if (!isSet || !(await this.account.hasPassword(visitor.user, form.newPassword, caller))) throw error;
        });
        return this.area.back(PATH, 'passwordSet');
      }),
    );
  }

  /** @returns the session that goes on; null: the one that there is */
  private async changed(
    { principal, user }: AccountVisitor,
    change: ChangePassword,
    caller: Caller,
  ): Promise<SignInResult | null> {
    try {
      return (await this.account.changePassword(principal, change, caller)).started;
    } catch (error) {
      // Sent twice: the first has changed it, which is what was asked for.
      if (!(error instanceof AuthError) || error.code !== 'INVALID_PASSWORD') throw error;
      if (await this.account.hasPassword(user, change.newPassword, caller)) return null;
      throw error;
    }
  }
}
