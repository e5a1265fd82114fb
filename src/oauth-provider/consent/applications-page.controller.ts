import { Body, Get, Headers, HttpCode, Inject, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { html, type Html } from '../../common/html.js';
import { AccountArea, type AccountVisitor } from '../../common/http/areas/account-area.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { clientMark, clientName } from '../../common/http/pages/client-card.js';
import { permissionWords } from '../../common/http/pages/permission-list.js';
import { picture } from '../../common/http/pages/pictures.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { text } from '../../common/texts/text.js';
import { day } from '../../common/texts/time.js';
import { ClientDirectory } from '../clients/client.directory.js';
import { documentHost, isDocumentId } from '../clients/documents/document-address.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { agentList, servicesLine } from './agent-list.page.js';
import { ApplicationForm, ApplicationsPageQuery } from './consent.schemas.js';
import { ConsentsService, type ConnectedApplication } from './consents.service.js';

export const APPLICATIONS_PATH = '/account/applications';
const TAG = 'Pages';

/** What the user has granted to applications, and how they take it back. */
@AuthController()
export class ApplicationsPageController {
  constructor(
    private readonly area: AccountArea,
    private readonly consents: ConsentsService,
    private readonly directory: ClientDirectory,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  @Get('account/applications')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Connected applications', hidden: true })
  show(
    @Headers() headers: HeaderBag,
    @Query({ schema: ApplicationsPageQuery }) { done }: { done?: string | undefined },
  ): Promise<HttpReply> {
    return this.area.forVisitor(headers, APPLICATIONS_PATH, async (visitor) => {
      const applications = await this.consents.applications(visitor.user.id);
      const agents = agentList(await this.consents.agents(visitor.user.id), this.area);
      const cards = await Promise.all(applications.map((one) => this.card(one, visitor)));
      const body =
        cards.length > 0 || agents
          ? html`${
              cards.length > 0 &&
              html`<p>${text('applications.about')}</p>
                <ul class="cards">
                  ${cards}
                </ul>`
            }
            ${agents}`
          : html`${picture('empty')}
              <p id="none">${text('applications.none')}</p>`;
      return this.area.page(APPLICATIONS_PATH, visitor, { title: text('account.applications'), body }, done);
    });
  }

  @Post('account/applications/withdraw')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that withdraws access', hidden: true })
  withdraw(
    @Body({ schema: ApplicationForm }) form: z.infer<typeof ApplicationForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    return this.area.forForm(headers, APPLICATIONS_PATH, form, async ({ user }) => {
      await this.consents.withdraw(user.id, form.client);
      return this.area.back(APPLICATIONS_PATH, 'withdrawn');
    });
  }

  private async card(application: ConnectedApplication, visitor: AccountVisitor): Promise<Html> {
    const { clientId, scopes, claims, resources, createdAt, services } = application;
    const client = (await this.directory.find(clientId)) ?? {
      name: application.name ?? clientId,
      clientId,
      isVerified: false,
      host: isDocumentId(clientId) && URL.canParse(clientId) ? documentHost(clientId) : null,
    };
    const words = permissionWords(
      { scopes, claims, resources },
      this.settings.scopeTexts,
      this.settings.resources.names,
    );
    return html`<li>
      <div class="client">
        ${clientMark(client)}
        <h2>
          ${clientName(client)} ${application.isAgent && html`<span class="tag">${text('applications.agent')}</span>`}
          ${!client.isVerified && html`<span class="tag">${text('applications.unverified')}</span>`}
        </h2>
      </div>
      ${client.host !== null && html`<p class="soft"><code>${clientId}</code><br />${text('applications.shared')}</p>`}
      <ul>
        ${words.map((one) => html`<li>${one}</li>`)}
      </ul>
      ${servicesLine(services)}
      <p class="soft">${text('applications.since', { date: day(createdAt) })}</p>
      ${this.area.form(
        '/account/applications/withdraw',
        visitor,
        html`<input type="hidden" name="client" value="${clientId}" />
          <button class="bad small">${text('applications.withdraw')}</button>`,
      )}
    </li>`;
  }
}
