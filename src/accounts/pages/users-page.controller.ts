import { Body, Get, HttpCode, Post, Query, type ExecutionContext } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { html, type Html } from '../../common/html.js';
import type { AccountVisitor } from '../../common/http/areas/account-area.js';
import { AdministrationArea, Visit } from '../../common/http/areas/administration-area.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser, UserPage } from '../../common/ports/user-directory.js';
import { text } from '../../common/texts/text.js';
import { SessionReplies } from '../sessions/session.replies.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AdministeredUsers } from '../administration/administered-users.js';
import { UsersService } from '../administration/users.service.js';
import { UserForm, UserQuery, UserSessionForm, UsersPageQuery } from './page.schemas.js';
import { searchForm, sessionsPart, userPart, usersList } from './users.parts.js';
import { END_ALL, USERS_PATH } from './users.paths.js';

/** By what users are found, the first that finds somebody. */
const KINDS = ['email', 'name', 'id'] as const;
const TAG = 'Pages';

/** Lists and finds users, and ends their sessions. The first page of the administration. */
@AuthController()
export class UsersPageController {
  constructor(
    private readonly area: AdministrationArea,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly replies: SessionReplies,
    private readonly administered: AdministeredUsers,
    private readonly ports: HostPorts,
  ) {}

  @Get('administration')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'A user and their sessions', hidden: true })
  show(
    @Visit() context: ExecutionContext,
    @Query({ schema: UsersPageQuery }) { who, after, done }: z.infer<typeof UsersPageQuery>,
  ): Promise<HttpReply> {
    const show = async (visitor: AccountVisitor) => {
      const user = who === '' ? null : await this.find(who);
      const list = user ? null : await this.list(who, after);
      const status = who === '' || user || (list && list.users.length > 0) ? 200 : 404;
      const body = html`<p>${text('users.about')}</p>
        ${searchForm(this.area, who, status === 404)} ${user && (await this.about(user, visitor))}
        ${list && usersList(this.area, list, who)}`;
      return this.area.page(USERS_PATH, visitor, { title: text('admin.users'), status, body }, done);
    };
    return this.area.forAdministrator(context, USERS_PATH, show, { who, after });
  }

  @Post('administration/users/end-session')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Ends a session of a user', hidden: true })
  endSession(
    @Visit() context: ExecutionContext,
    @Body({ schema: UserSessionForm }) form: z.infer<typeof UserSessionForm>,
  ): Promise<HttpReply> {
    const { user, session } = form;
    const act = async () => {
      await this.sessions.end(user, session, 'administration');
      return this.backTo(user, 'userSessionEnded', context);
    };
    return this.area.forForm(context, USERS_PATH, form, act, { who: user });
  }

  @Get('administration/users/end-all')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Asks before a user is signed out everywhere', hidden: true })
  askEndAll(
    @Visit() context: ExecutionContext,
    @Query({ schema: UserQuery }) query: z.infer<typeof UserQuery>,
  ): Promise<HttpReply> {
    const show = async (visitor: AccountVisitor) => {
      const user = await this.users.find(query.user);
      if (!user) throw AuthError.notFound('There is no such user');
      const buttons = html`<div class="row">
        <button id="end-all" class="bad">${text('users.endAll')}</button>
        <a class="button plain" href="${this.area.urlOf(USERS_PATH, { who: user.id })}">${text('frame.cancel')}</a>
      </div>`;
      const body = html`<p class="warning">${text('users.endAllAbout')}</p>
        ${this.area.form(END_ALL, visitor, { user: user.id }, buttons)}`;
      return this.area.page(END_ALL, visitor, { title: text('users.endAllTitle', { account: user.email }), body });
    };
    return this.area.forAdministrator(context, END_ALL, show, query);
  }

  @Post('administration/users/end-all')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Signs a user out everywhere', hidden: true })
  endAll(
    @Visit() context: ExecutionContext,
    @Body({ schema: UserForm }) form: z.infer<typeof UserForm>,
  ): Promise<HttpReply> {
    const { user } = form;
    const act = async (visitor: AccountVisitor) => {
      await this.area.requireFresh(visitor);
      await this.sessions.endAll(user, null, 'administration');
      return this.backTo(user, 'userSignedOut', context);
    };
    return this.area.forForm(context, END_ALL, form, act, { user });
  }

  /** An administrator may have ended their own session: the cookie goes too. */
  private async backTo(user: string, done: 'userSessionEnded' | 'userSignedOut', context: ExecutionContext) {
    const { headers } = context.switchToHttp().getRequest<GuardedRequest>();
    return this.area.back(USERS_PATH, done, { who: user }).cookie(...(await this.replies.clearedIfDead(headers)));
  }

  /** Users whose address, or else name or id, begins so. @returns null where the directory lists none */
  private async list(who: string, after: string): Promise<UserPage | null> {
    if (this.ports.users.get().list === undefined) return null;
    const [kind, cursor] = [KINDS.find((by) => after.startsWith(`${by}.`)), after.slice(after.indexOf('.') + 1)];
    if (kind) return this.pageOf({ by: kind, prefix: who, after: cursor });
    for (const by of KINDS) {
      const page = await this.pageOf({ by, prefix: who, after: null });
      if (page.users.length > 0) return page;
    }
    return { users: [], next: null };
  }

  private async pageOf(query: { by: (typeof KINDS)[number]; prefix: string; after: string | null }): Promise<UserPage> {
    const { users, next } = await this.users.list(query);
    return { users, next: next && `${query.by}.${next}` };
  }

  private async about(user: HostUser, visitor: AccountVisitor): Promise<Html> {
    const view = await this.administered.view(user);
    return html`${userPart(this.area, view, visitor)}
    ${sessionsPart(this.area, await this.sessions.list(user.id), user.id, visitor)}`;
  }

  private async find(who: string): Promise<HostUser | null> {
    return (await this.users.findByEmail(who)) ?? this.users.find(who);
  }
}
