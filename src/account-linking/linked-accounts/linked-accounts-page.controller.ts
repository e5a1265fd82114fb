import { Body, Get, Headers, HttpCode, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { html, type Html } from '../../common/html.js';
import { AccountArea, type AccountVisitor } from '../../common/http/areas/account-area.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { text } from '../../common/texts/text.js';
import { day } from '../../common/texts/time.js';
import { accountNotFound } from '../account-linking.errors.js';
import { LinkedAccountForm, LinkedAccountsPageQuery } from '../account-linking.schemas.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { providerMark } from '../providers/provider-marks.js';
import { LinkedAccountsService, type LinkedAccountView } from './linked-accounts.service.js';

const PATH = '/account/sign-in-methods';
const TAG = 'Pages';

/** How the user can sign in; links and unlinks accounts at providers. */
@AuthController()
export class LinkedAccountsPageController {
  constructor(
    private readonly area: AccountArea,
    private readonly accounts: LinkedAccountsService,
    private readonly providers: ProviderDirectory,
  ) {}

  @Get('account/sign-in-methods')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Ways to sign in', hidden: true })
  show(
    @Headers() headers: HeaderBag,
    @Query({ schema: LinkedAccountsPageQuery }) { done }: { done?: string | undefined },
  ): Promise<HttpReply> {
    return this.area.forVisitor(headers, PATH, async (visitor) => {
      const body = await this.list(visitor);
      return this.area.page(PATH, visitor, { title: text('account.linked'), body }, done);
    });
  }

  @Post('account/sign-in-methods/unlink')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that unlinks an account', hidden: true })
  unlink(
    @Body({ schema: LinkedAccountForm }) form: z.infer<typeof LinkedAccountForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    return this.area.forForm(headers, PATH, form, async (visitor) => {
      await this.area.requireFresh(visitor);
      try {
        await this.accounts.unlink(visitor.user.id, { id: form.account });
      } catch (error) {
        // Sent twice: the first has unlinked it, which is what was asked for.
        if (!(error instanceof AuthError) || error.code !== accountNotFound().code) throw error;
      }
      return this.area.back(PATH, 'unlinked');
    });
  }

  private async list(visitor: AccountVisitor): Promise<Html> {
    const accounts = await this.accounts.listAll(visitor.user.id);
    const canGo = await this.accounts.hasAnother(visitor.user.id);
    const linked = new Set(accounts.map(({ providerId }) => providerId));
    const more = this.providers.all.filter(({ settings }) => !linked.has(settings.providerId));
    return html`<p>${text('linked.about')}</p>
      <ul class="cards">
        ${accounts.map((one) => this.card(one, visitor, canGo))}
      </ul>
      ${
        more.length > 0 &&
        html`<h2>${text('linked.add')}</h2>
          <div class="stack">
            ${more.map(({ settings: { providerId, displayName } }) =>
              this.area.form(
                '/account/sign-in-methods/link',
                visitor,
                html`<input type="hidden" name="provider" value="${providerId}" />
                  <button class="plain">
                    ${providerMark(providerId, displayName)}${text('linked.link', { provider: displayName })}
                  </button>`,
              ),
            )}
          </div>`
      }`;
  }

  private card({ id, providerId, createdAt }: LinkedAccountView, visitor: AccountVisitor, canGo: boolean): Html {
    const isPassword = providerId === 'credential';
    const name = this.providers.find(providerId)?.settings.displayName ?? providerId;
    return html`<li>
      <h2>${isPassword ? text('signIn.password') : html`${providerMark(providerId, name)}<bdi>${name}</bdi>`}</h2>
      <p class="soft">${text('linked.since', { date: day(createdAt) })}</p>
      ${
        canGo &&
        this.area.form(
          '/account/sign-in-methods/unlink',
          visitor,
          html`<input type="hidden" name="account" value="${id}" />
            <button class="bad small">${text(isPassword ? 'linked.removePassword' : 'linked.unlink')}</button>`,
        )
      }
      ${!canGo && html`<p class="soft">${text('linked.only')}</p>`}
    </li>`;
  }
}
