import { Body, Get, HttpCode, Post, Query, type ExecutionContext } from '@nestjs/common';
import type { z } from 'zod';
import { html, type Html } from '../../common/html.js';
import type { AccountVisitor } from '../../common/http/areas/account-area.js';
import { AdministrationArea, Visit } from '../../common/http/areas/administration-area.js';
import { SecretReveal } from '../../common/http/areas/secret-reveal.js';
import { SingleForms } from '../../common/http/areas/single-forms.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { plainClientName } from '../../common/http/pages/client-card.js';
import { secretPart } from '../../common/http/pages/secret-part.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { text } from '../../common/texts/text.js';
import { clientBadge, clientFacts, overlapChoice, shownClient } from './client-administration.pages.js';
import { ClientPageQuery, EnableClientForm, RotateClientForm } from './client-form.js';
import type { OAuthClientView } from './client.information.js';
import { OAuthClientsService } from './oauth-clients.service.js';

export const CLIENTS_PATH = '/administration/clients';
export const CLIENT_PATH = `${CLIENTS_PATH}/client`;
const TAG = 'Pages';

/** One client: its secret once, replaced, stopped. */
@AuthController()
export class ClientPageController {
  constructor(
    private readonly area: AdministrationArea,
    private readonly clients: OAuthClientsService,
    private readonly reveal: SecretReveal,
    private readonly forms: SingleForms,
  ) {}

  @Get('administration/clients/client')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'One client', hidden: true })
  show(
    @Visit() context: ExecutionContext,
    @Query({ schema: ClientPageQuery }) { id, done }: z.infer<typeof ClientPageQuery>,
  ): Promise<HttpReply> {
    const show = async (visitor: AccountVisitor) => {
      const client = await this.clients.get(id);
      const { headers } = context.switchToHttp().getRequest<GuardedRequest>();
      const secret = this.reveal.secretOf(secretOf(id, visitor), headers);
      const body = html`${secret !== null && secretPart(secret, text('admin.once'))} ${clientBadge(client)}
        ${clientFacts(client)} ${hasSecret(client) && this.rotation(client, visitor)} ${this.stop(client, visitor)}
        <p><a href="${this.area.urlOf(CLIENTS_PATH)}">${text('clients.all')}</a></p>`;
      const title = text('clients.one', { name: plainClientName(shownClient(client)) });
      const reply = this.area.page(CLIENT_PATH, visitor, { title, body }, done);
      return secret === null ? reply : reply.cookie(...this.reveal.cleared());
    };
    return this.area.forAdministrator(context, CLIENT_PATH, show, { id });
  }

  @Post('administration/clients/rotate')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Replaces the secret of a client', hidden: true })
  rotate(
    @Visit() context: ExecutionContext,
    @Body({ schema: RotateClientForm }) fields: z.infer<typeof RotateClientForm>,
  ): Promise<HttpReply> {
    const { id, form, overlap } = fields;
    const act = async (visitor: AccountVisitor) => {
      await this.area.requireFresh(visitor);
      // Sent twice, the second would end the secret that the first has left valid for a while.
      return this.forms.once(
        { form, subjectId: visitor.user.id },
        async () => {
          const { client_secret: secret = '' } = await this.clients.rotateSecret(id, { overlapSeconds: overlap });
          const held = this.reveal.hold(secretOf(id, visitor), secret);
          return this.area.back(CLIENT_PATH, 'secretRotated', { id }).cookie(held);
        },
        () => this.area.back(CLIENT_PATH, 'sentBefore', { id }),
      );
    };
    return this.area.forForm(context, CLIENT_PATH, fields, act, { id });
  }

  @Post('administration/clients/enable')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Stops a client, or lets it work again', hidden: true })
  enable(
    @Visit() context: ExecutionContext,
    @Body({ schema: EnableClientForm }) form: z.infer<typeof EnableClientForm>,
  ): Promise<HttpReply> {
    const { id, enabled } = form;
    const act = async (visitor: AccountVisitor) => {
      await this.area.requireFresh(visitor);
      if (enabled === 'true') await this.clients.enable(id);
      else await this.clients.disable(id);
      return this.area.back(CLIENT_PATH, enabled === 'true' ? 'clientEnabled' : 'clientDisabled', { id });
    };
    return this.area.forForm(context, CLIENT_PATH, form, act, { id });
  }

  private rotation({ client_id: id }: OAuthClientView, visitor: AccountVisitor): Html {
    const fields = html`${this.forms.field()} ${overlapChoice()}
      <button id="rotate" class="plain small">${text('clients.rotate')}</button>`;
    return html`<h2>${text('clients.rotateTitle')}</h2>
      <p>${text('clients.rotateAbout')}</p>
      ${this.area.form(`${CLIENTS_PATH}/rotate`, visitor, { id }, fields)}`;
  }

  private stop({ client_id: id, disabled }: OAuthClientView, visitor: AccountVisitor): Html {
    const button = disabled
      ? html`<button id="enable" class="plain small">${text('clients.enable')}</button>`
      : html`<button id="disable" class="bad small">${text('clients.disable')}</button>`;
    return html`<h2>${text(disabled ? 'clients.enableTitle' : 'clients.stopTitle')}</h2>
      ${!disabled && html`<p>${text('clients.stopAbout')}</p>`}
      ${this.area.form(`${CLIENTS_PATH}/enable`, visitor, { id, enabled: String(disabled) }, button)}`;
  }
}

function secretOf(id: string, { user }: AccountVisitor) {
  return { of: `client:${id}`, subjectId: user.id };
}

/** Secrets of clients of the options are in the options. */
function hasSecret({ registeredBy, client_secret_expires_at: expires }: OAuthClientView): boolean {
  return registeredBy !== 'options' && expires !== undefined;
}
