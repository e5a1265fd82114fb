import { Body, Get, Headers, HttpCode, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { html, type Html } from '../../common/html.js';
import { AccountArea, type AccountVisitor } from '../../common/http/areas/account-area.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { SessionView } from '../../common/ports/sessions.js';
import { text } from '../../common/texts/text.js';
import { SessionReplies } from '../sessions/session.replies.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AreaPageQuery, EndOthersForm, EndSessionForm } from './page.schemas.js';
import { sessionCard } from './session-card.js';

const PATH = '/account/sessions';
const TAG = 'Pages';

/** Where the user is signed in; ends sessions. */
@AuthController()
export class SessionsPageController {
  constructor(
    private readonly area: AccountArea,
    private readonly sessions: SessionsService,
    private readonly replies: SessionReplies,
  ) {}

  @Get('account/sessions')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Sessions and devices', hidden: true })
  show(
    @Headers() headers: HeaderBag,
    @Query({ schema: AreaPageQuery }) { done }: { done?: string | undefined },
  ): Promise<HttpReply> {
    return this.area.forVisitor(headers, PATH, async (visitor) => {
      const body = await this.list(visitor);
      return this.area.page(PATH, visitor, { title: text('account.sessions'), body }, done);
    });
  }

  @Post('account/sessions/end')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that ends a session', hidden: true })
  end(
    @Body({ schema: EndSessionForm }) form: z.infer<typeof EndSessionForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    return this.area.forForm(headers, PATH, form, async ({ user }) => {
      await this.sessions.end(user.id, form.session);
      return this.area.back(PATH, 'sessionEnded').cookie(...(await this.replies.clearedIfDead(headers)));
    });
  }

  @Post('account/sessions/end-others')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that ends all other sessions', hidden: true })
  endOthers(
    @Body({ schema: EndOthersForm }) form: z.infer<typeof EndOthersForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    return this.area.forForm(headers, PATH, form, async ({ user, principal }) => {
      await this.sessions.endAll(user.id, principal.sessionId);
      return this.area.back(PATH, 'othersEnded');
    });
  }

  private async list(visitor: AccountVisitor): Promise<Html> {
    const { user, principal } = visitor;
    const sessions = await this.sessions.list(user.id);
    const isOwn = ({ id }: SessionView) => id === principal.sessionId;
    const sorted = [...sessions.filter(isOwn), ...sessions.filter((one) => !isOwn(one))];
    return html`<p>${text('sessions.about')}</p>
      <ul class="cards">
        ${sorted.map((session) => this.card(session, visitor))}
      </ul>
      ${
        sorted.length > 1 &&
        this.area.form(
          '/account/sessions/end-others',
          visitor,
          html`<button id="end-others" class="bad small">${text('sessions.endOthers')}</button>`,
        )
      }`;
  }

  private card(session: SessionView, visitor: AccountVisitor): Html {
    const isOwn = session.id === visitor.principal.sessionId;
    const form = this.area.form(
      '/account/sessions/end',
      visitor,
      html`<input type="hidden" name="session" value="${session.id}" />
        <button class="bad small">${text('sessions.end')}</button>`,
    );
    return sessionCard(session, isOwn, !isOwn && form);
  }
}
