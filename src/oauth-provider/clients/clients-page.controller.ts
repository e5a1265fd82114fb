import { Body, Get, HttpCode, Inject, Post, Query, type ExecutionContext } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { Extensions } from '../../common/extensions.js';
import { html, type Html } from '../../common/html.js';
import type { AccountVisitor } from '../../common/http/areas/account-area.js';
import { AdministrationArea, Visit } from '../../common/http/areas/administration-area.js';
import { SecretReveal } from '../../common/http/areas/secret-reveal.js';
import { SingleForms } from '../../common/http/areas/single-forms.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { field } from '../../common/http/pages/field.js';
import { picture } from '../../common/http/pages/pictures.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { text } from '../../common/texts/text.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { clientItem, newClientFields, type NewClientModel } from './client-administration.pages.js';
import { CLIENT_PATH, CLIENTS_PATH } from './client-page.controller.js';
import { ClientsPageQuery, KINDS, NewClientForm, toInput, type Kind, type NewClientFields } from './client-form.js';
import { OAuthClientsService } from './oauth-clients.service.js';

const NEW_PATH = `${CLIENTS_PATH}/new`;
const TAG = 'Pages';
/** Faults of the form that an administrator can correct (RFC 7591 3.2.2). */
const CORRECTABLE = ['invalid_redirect_uri', 'invalid_client_metadata'];

/** The clients of this server, and the form that makes one. */
@AuthController()
export class ClientsPageController {
  constructor(
    private readonly area: AdministrationArea,
    private readonly clients: OAuthClientsService,
    private readonly reveal: SecretReveal,
    private readonly forms: SingleForms,
    private readonly extensions: Extensions,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  @Get('administration/clients')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Clients', hidden: true })
  list(
    @Visit() context: ExecutionContext,
    @Query({ schema: ClientsPageQuery }) { search, page, done }: z.infer<typeof ClientsPageQuery>,
  ): Promise<HttpReply> {
    const show = async (visitor: AccountVisitor) => {
      const found = { ...this.area.part(page), ...(search !== '' && { search }) };
      const { clients, total } = await this.clients.list(found);
      const items = clients.map((client) => clientItem(client, this.area.urlOf(CLIENT_PATH, { id: client.client_id })));
      const body = html`<p>
          <a id="new-client" class="button small" href="${this.area.urlOf(NEW_PATH)}">${text('clients.new')}</a>
        </p>
        ${(total > 0 || search !== '') && this.search(search)}
        ${
          items.length > 0
            ? html`<ul class="cards">
                ${items}
              </ul>`
            : html`${picture('empty')}
                <p id="none">${text(search === '' ? 'clients.none' : 'clients.noneFound')}</p>`
        }
        ${this.area.steps(CLIENTS_PATH, page, total, { search })}`;
      return this.area.page(CLIENTS_PATH, visitor, { title: text('admin.clients'), body }, done);
    };
    return this.area.forAdministrator(context, CLIENTS_PATH, show, { search, page: page > 1 ? String(page) : '' });
  }

  @Get('administration/clients/new')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that makes a client', hidden: true })
  showNew(@Visit() context: ExecutionContext): Promise<HttpReply> {
    return this.area.forAdministrator(context, NEW_PATH, async (visitor) =>
      this.form(visitor, { name: '', kind: 'web', redirects: '', scope: this.settings.defaultScopes }, null),
    );
  }

  @Post('administration/clients/new')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Makes a client', hidden: true })
  create(
    @Visit() context: ExecutionContext,
    @Body({ schema: NewClientForm }) form: NewClientFields,
  ): Promise<HttpReply> {
    return this.area.forForm(context, NEW_PATH, form, async (visitor) => {
      await this.area.requireFresh(visitor);
      const sent = { form: form.form, subjectId: visitor.user.id };
      try {
        return await this.forms.once(
          sent,
          () => this.make(visitor, form),
          () => this.area.back(CLIENTS_PATH, 'sentBefore'),
        );
      } catch (error) {
        if (!(error instanceof AuthError) || !CORRECTABLE.includes(error.error)) throw error;
        return this.form(visitor, form, error);
      }
    });
  }

  private async make(visitor: AccountVisitor, form: NewClientFields): Promise<HttpReply> {
    const { client_id: id, client_secret: secret } = await this.clients.register(toInput(form));
    const reply = this.area.back(CLIENT_PATH, 'clientCreated', { id });
    if (secret === undefined) return reply;
    return reply.cookie(this.reveal.hold({ of: `client:${id}`, subjectId: visitor.user.id }, secret));
  }

  private search(search: string): Html {
    return html`<form method="get" action="${this.area.urlOf(CLIENTS_PATH)}" role="search">
      ${field({
        id: 'search',
        label: text('clients.search'),
        attributes: html`type="search" maxlength="200" autocomplete="off" value="${search}"`,
      })}
      <button id="find" class="plain small">${text('admin.search')}</button>
    </form>`;
  }

  private form(visitor: AccountVisitor, entered: NewClientModel['entered'], failure: AuthError | null): HttpReply {
    const { scopes, scopeTexts } = this.settings;
    const fields = newClientFields({ kinds: this.kinds(), scopes: [...scopes], scopeTexts, entered, failure });
    return this.area.page(NEW_PATH, visitor, {
      title: text('clients.new'),
      status: failure?.status ?? 200,
      hasFault: failure !== null,
      self: this.area.urlOf(NEW_PATH),
      body: html`${this.area.form(NEW_PATH, visitor, {}, html`${this.forms.field()} ${fields}`)}
        <p><a href="${this.area.urlOf(CLIENTS_PATH)}">${text('clients.all')}</a></p>`,
    });
  }

  /** Those whose grants this server has. */
  private kinds(): Kind[] {
    const grants = new Set(this.extensions.grants.map(({ grantType }) => grantType));
    return (Object.keys(KINDS) as Kind[]).filter((kind) => grants.has(KINDS[kind].grants[0]));
  }
}
