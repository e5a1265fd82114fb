import { Body, Get, Headers, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { html } from '../../common/html.js';
import { AccountArea, type AccountVisitor } from '../../common/http/areas/account-area.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { faultOf, field } from '../../common/http/pages/field.js';
import { page } from '../../common/http/pages/page.js';
import { picture } from '../../common/http/pages/pictures.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { seeOther, type HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { HostPorts } from '../../common/ports/port.js';
import { text } from '../../common/texts/text.js';
import { AccountDeletions } from '../own-account/account-deletions.js';
import { SessionReplies } from '../sessions/session.replies.js';
import { AreaPageQuery, DeleteForm } from './page.schemas.js';

const PATH = '/account/delete';
const TAG = 'Pages';
const GONE_PATH = '/account/deleted';
const FAULTS = { INVALID_PASSWORD: ['password'] };

/** Deletes the account, after the password or a new sign-in. */
@AuthController()
export class DeletePageController {
  constructor(
    private readonly area: AccountArea,
    private readonly deletions: AccountDeletions,
    private readonly replies: SessionReplies,
    private readonly ports: HostPorts,
  ) {}

  @Get('account/delete')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'What is lost with the account', hidden: true })
  show(
    @Headers() headers: HeaderBag,
    @Query({ schema: AreaPageQuery }) { done }: { done?: string | undefined },
  ): Promise<HttpReply> {
    return this.area.forVisitor(headers, PATH, async (visitor) => this.page(visitor, null, done));
  }

  @Post('account/delete')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that deletes the account', hidden: true })
  remove(
    @Body({ schema: DeleteForm }) form: z.infer<typeof DeleteForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    return this.area.forForm(request.headers, PATH, form, async (visitor) => {
      try {
        const password = form.password === '' ? undefined : form.password;
        const wish = { principal: visitor.principal, password, callbackUrl: null };
        if ((await this.deletions.request(wish, callerOf(request))) === 'sent') return this.sentPage(visitor);
      } catch (error) {
        if (error instanceof AuthError && error.code in FAULTS) return this.page(visitor, error);
        throw error;
      }
      return seeOther(this.area.urlOf(GONE_PATH)).cookie(...this.replies.cleared());
    });
  }

  @Get('account/deleted')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'After the account has been deleted', hidden: true })
  showDone(): HttpReply {
    return page({
      title: text('delete.doneTitle'),
      body: html`${picture('done')}
        <p id="deleted">${text('delete.done')}</p>`,
      waysOn: ['account'],
    });
  }

  private sentPage(visitor: AccountVisitor): HttpReply {
    const body = html`${picture('done')}
      <p id="sent">${text('delete.sent')}</p>`;
    return this.area.page(PATH, visitor, { title: text('delete.sentTitle'), body });
  }

  private page(visitor: AccountVisitor, failure: AuthError | null, done?: string): HttpReply {
    const takesPassword = this.ports.users.get().verifyPassword !== undefined;
    return this.area.page(
      PATH,
      visitor,
      {
        title: text('account.delete'),
        status: failure?.status ?? 200,
        hasFault: failure !== null,
        self: this.area.urlOf(PATH),
        body: html`<p class="warning">${text('delete.about')}</p>
          ${this.deletions.needMail && html`<p>${text('delete.mailRule')}</p>`}
          ${this.area.form(
            PATH,
            visitor,
            html`${
                takesPassword &&
                field({
                  id: 'password',
                  label: text('signIn.password'),
                  hint: text('delete.passwordRule'),
                  fault: faultOf('password', failure, FAULTS),
                  attributes: html`type="password" autocomplete="current-password" maxlength="1024"`,
                })
              }
              <div class="row">
                <button id="delete" class="bad">${text('delete.button')}</button>
                <a class="button plain" href="${this.area.urlOf('/account')}">${text('frame.cancel')}</a>
              </div>`,
          )}`,
      },
      done,
    );
  }
}
