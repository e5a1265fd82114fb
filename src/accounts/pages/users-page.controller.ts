import { Body, Get, HttpCode, Post, Query, type ExecutionContext } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { html, type Html } from '../../common/html.js';
import type { AccountVisitor } from '../../common/http/areas/account-area.js';
import { AdministrationArea, Visit } from '../../common/http/areas/administration-area.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { field } from '../../common/http/pages/field.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { text } from '../../common/texts/text.js';
import { day } from '../../common/texts/time.js';
import { SessionReplies } from '../sessions/session.replies.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { UsersService } from '../administration/users.service.js';
import { UserForm, UserQuery, UserSessionForm, UsersPageQuery } from './page.schemas.js';
import { sessionCard } from './session-card.js';

export const USERS_PATH = '/administration';
const END_ALL = '/administration/users/end-all';
const TAG = 'Pages';

/** Finds one user, and ends their sessions. The first page of the administration. */
@AuthController()
export class UsersPageController {
  constructor(
    private readonly area: AdministrationArea,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly replies: SessionReplies,
  ) {}

  @Get('administration')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'A user and their sessions', hidden: true })
  show(
    @Visit() context: ExecutionContext,
    @Query({ schema: UsersPageQuery }) { who, done }: z.infer<typeof UsersPageQuery>,
  ): Promise<HttpReply> {
    const show = async (visitor: AccountVisitor) => {
      const user = who === '' ? null : await this.find(who);
      const status = who === '' || user ? 200 : 404;
      const body = html`<p>${text('users.about')}</p>
        ${this.search(who, status === 404)} ${user && (await this.about(user, visitor))}`;
      return this.area.page(USERS_PATH, visitor, { title: text('admin.users'), status, body }, done);
    };
    return this.area.forAdministrator(context, USERS_PATH, show, { who });
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

  private async find(who: string): Promise<HostUser | null> {
    return (await this.users.findByEmail(who)) ?? this.users.find(who);
  }

  private search(who: string, isUnknown: boolean): Html {
    return html`<form method="get" action="${this.area.urlOf(USERS_PATH)}" role="search">
      ${field({
        id: 'who',
        label: text('users.who'),
        fault: isUnknown && text('users.none'),
        attributes: html`type="search" maxlength="320" autocomplete="off" spellcheck="false" value="${who}" required`,
      })}
      <button id="search" class="small">${text('admin.search')}</button>
    </form>`;
  }

  private async about(user: HostUser, visitor: AccountVisitor): Promise<Html> {
    const sessions = await this.sessions.list(user.id);
    const cards = sessions.map((session) => {
      const end = html`<button class="bad small">${text('sessions.end')}</button>`;
      const fields = { user: user.id, session: session.id };
      const form = this.area.form('/administration/users/end-session', visitor, fields, end);
      return sessionCard(session, session.id === visitor.principal.sessionId, form);
    });
    const all = this.area.urlOf(END_ALL, { user: user.id });
    return html`<section id="user">
      <h2><bdi>${user.name || user.email}</bdi></h2>
      <dl>
        <dt>${text('signIn.email')}</dt>
        <dd><bdi>${user.email}</bdi></dd>
        <dt>${text('users.id')}</dt>
        <dd><code>${user.id}</code></dd>
        <dt>${text('users.since')}</dt>
        <dd>${day(user.createdAt)}</dd>
      </dl>
      <h2>${text('users.sessions')}</h2>
      ${
        cards.length === 0
          ? html`<p id="none">${text('users.noSessions')}</p>`
          : html`<ul class="cards">
                ${cards}
              </ul>
              <p><a id="ask-end-all" class="button bad small" href="${all}">${text('users.endAll')}</a></p>`
      }
    </section>`;
  }
}
