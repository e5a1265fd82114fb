import { Body, Get, Headers, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { AccountArea, type AccountVisitor } from '../../common/http/areas/account-area.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { HostPorts } from '../../common/ports/port.js';
import { text } from '../../common/texts/text.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.options.js';
import type { Caller } from '../../common/ports/caller.js';
import { OwnAccountService, type ChangePassword } from '../own-account/own-account.service.js';
import { SessionReplies } from '../sessions/session.replies.js';
import type { SignInResult } from '../sessions/sessions.service.js';
import { isShowable, UNSEEN } from '../users/user-name.js';
import { PROFILE_FAULTS, profilePart, type ProfileModel } from './account.page.js';
import { AreaPageQuery, PasswordForm, ProfileForm, type PasswordFields, type ProfileFields } from './page.schemas.js';

const PATH = '/account';
const TAG = 'Pages';

/** The first page of the account: name, picture and password. Also where a sign-in leads that was not begun for another page. */
@AuthController()
export class AccountPageController {
  constructor(
    private readonly area: AccountArea,
    private readonly account: OwnAccountService,
    private readonly replies: SessionReplies,
    private readonly ports: HostPorts,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  @Get('account')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Profile and password', hidden: true })
  async show(
    @Headers() headers: HeaderBag,
    @Query({ schema: AreaPageQuery }) { done }: { done?: string | undefined },
  ): Promise<HttpReply> {
    const reply = await this.area.forVisitor(headers, PATH, async (visitor) => this.page(visitor, null, {}, done));
    // Sent to sign in, with a cookie whose session has ended: the cookie goes too.
    return reply.status === 303 ? reply.cookie(...(await this.replies.clearedIfDead(headers))) : reply;
  }

  @Post('account/profile')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form of name and picture', hidden: true })
  save(@Body({ schema: ProfileForm }) form: ProfileFields, @Headers() headers: HeaderBag): Promise<HttpReply> {
    return this.area.forForm(headers, PATH, form, (visitor) =>
      this.trying(visitor, form, async () => {
        const { name, image } = form;
        if (name === '') throw AuthError.badRequest('NAME_MISSING', 'Say how you are called');
        if (!isShowable(name)) throw AuthError.badRequest('NAME_UNSEEN', UNSEEN);
        if (image !== '' && !/^https?:\/\//i.test(image))
          throw AuthError.badRequest('IMAGE_NOT_WEB', 'Not a web address');
        await this.account.update(visitor.user.id, { name, image: image || null });
        return this.area.back(PATH, 'saved');
      }),
    );
  }

  @Post('account/password')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form of the password', hidden: true })
  changePassword(
    @Body({ schema: PasswordForm }) form: PasswordFields,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    return this.area.forForm(request.headers, PATH, form, (visitor) =>
      this.trying(visitor, {}, async () => {
        const { currentPassword, newPassword } = form;
        const revokeOtherSessions = form.endOthers === 'true';
        const change = { currentPassword, newPassword, revokeOtherSessions };
        const started = await this.changed(visitor, change, callerOf(request));
        const reply = this.area.back(PATH, 'passwordChanged');
        return started ? reply.cookie(...this.replies.carry(started, request.headers).cookies) : reply;
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
      if (await this.account.hasPassword(user, change.newPassword)) return null;
      throw error;
    }
  }

  /** Shows the form again with errors that the user can correct; others become an error page. */
  private async trying(visitor: AccountVisitor, entered: ProfileModel['entered'], attempt: () => Promise<HttpReply>) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof AuthError) || !(error.code in PROFILE_FAULTS)) throw error;
      return this.page(visitor, error, entered);
    }
  }

  private page(visitor: AccountVisitor, failure: AuthError | null, entered: ProfileModel['entered'], done?: string) {
    const users = this.ports.users.get();
    const model: ProfileModel = {
      user: visitor.user,
      formTo: (path, content) => this.area.form(path, visitor, content),
      takesProfile: users.update !== undefined,
      takesPassword: users.verifyPassword !== undefined && users.preparePassword !== undefined,
      minPasswordLength: this.settings.password.minLength,
      failure,
      ...(entered && { entered }),
    };
    const content = { title: text('account.profile'), status: failure?.status ?? 200, hasFault: failure !== null };
    return this.area.page(PATH, visitor, { ...content, self: this.area.urlOf(PATH), body: profilePart(model) }, done);
  }
}
