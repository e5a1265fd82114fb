import { Body, HttpCode, Post, type ExecutionContext } from '@nestjs/common';
import type { z } from 'zod';
import type { AccountVisitor } from '../../common/http/areas/account-area.js';
import { AdministrationArea, Visit } from '../../common/http/areas/administration-area.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { Administrator } from '../administration/administration.log.js';
import { UserAdministration } from '../administration/user-administration.js';
import { BanForm, UserForm } from './page.schemas.js';
import { USERS_PATH } from './users.paths.js';

const TAG = 'Pages';
const DAY_SECONDS = 86_400;

/** Bans users, and lifts bans, in the administration. */
@AuthController()
export class UserBanPageController {
  constructor(
    private readonly area: AdministrationArea,
    private readonly administration: UserAdministration,
  ) {}

  @Post('administration/users/ban')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Bans a user', hidden: true })
  ban(
    @Visit() context: ExecutionContext,
    @Body({ schema: BanForm }) form: z.infer<typeof BanForm>,
  ): Promise<HttpReply> {
    const { user, reason, days } = form;
    const act = async (visitor: AccountVisitor) => {
      await this.area.requireFresh(visitor);
      const terms = { reason: reason || null, seconds: days === '' ? null : Number(days) * DAY_SECONDS };
      await this.administration.ban(by(visitor, context), user, terms);
      return this.area.back(USERS_PATH, 'userBanned', { who: user });
    };
    return this.area.forForm(context, USERS_PATH, form, act, { who: user });
  }

  @Post('administration/users/unban')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Lifts a ban', hidden: true })
  unban(
    @Visit() context: ExecutionContext,
    @Body({ schema: UserForm }) form: z.infer<typeof UserForm>,
  ): Promise<HttpReply> {
    const { user } = form;
    const act = async (visitor: AccountVisitor) => {
      await this.administration.unban(by(visitor, context), user);
      return this.area.back(USERS_PATH, 'userUnbanned', { who: user });
    };
    return this.area.forForm(context, USERS_PATH, form, act, { who: user });
  }
}

function by({ user }: AccountVisitor, context: ExecutionContext): Administrator {
  return { id: user.id, caller: callerOf(context.switchToHttp().getRequest<GuardedRequest>()) };
}
