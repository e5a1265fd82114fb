import { Body, Get, Headers, HttpCode, Post, Query } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { AccountArea } from '../../common/http/areas/account-area.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { OwnAccountService } from '../own-account/own-account.service.js';
import { SessionReplies } from '../sessions/session.replies.js';
import { isShowable, UNSEEN } from '../users/user-name.js';
import { AreaPageQuery, ProfileForm, type ProfileFields } from './page.schemas.js';
import { PROFILE_PATH as PATH, ProfilePages } from './profile-pages.js';

const TAG = 'Pages';

/** The first page of the account: name, picture and password. Also where a sign-in leads that was not begun for another page. */
@AuthController()
export class AccountPageController {
  constructor(
    private readonly area: AccountArea,
    private readonly account: OwnAccountService,
    private readonly replies: SessionReplies,
    private readonly profile: ProfilePages,
  ) {}

  @Get('account')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Profile and password', hidden: true })
  async show(
    @Headers() headers: HeaderBag,
    @Query({ schema: AreaPageQuery }) { done }: { done?: string | undefined },
  ): Promise<HttpReply> {
    const reply = await this.area.forVisitor(headers, PATH, async (visitor) =>
      this.profile.page(visitor, null, {}, done),
    );
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
      this.profile.trying(visitor, form, async () => {
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
}
