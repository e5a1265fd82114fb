import { Body, Get, HttpCode, Post, Query, UseGuards, type ExecutionContext } from '@nestjs/common';
import { z } from 'zod';
import { html, type Html } from '../../common/html.js';
import { done, shownTo } from '../../common/http/areas/area-forms.js';
import type { AccountVisitor } from '../../common/http/areas/account-area.js';
import { AdministrationArea, Visit } from '../../common/http/areas/administration-area.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { clientMark, clientName } from '../../common/http/pages/client-card.js';
import { picture } from '../../common/http/pages/pictures.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { bodySchema } from '../../common/http/request/schema.pipe.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { HostPorts } from '../../common/ports/port.js';
import type { ShownClient } from '../../common/ports/authorization-server.js';
import { text } from '../../common/texts/text.js';
import { ago } from '../../common/texts/time.js';
import type { PendingRow } from '../authorizations/device-authorization.store.js';
import { DeviceEnabledGuard } from '../device-enabled.guard.js';
import { VerificationService } from './verification.service.js';

export const DEVICES_PATH = '/administration/devices';
const TAG = 'Pages';

const DevicesPageQuery = z.object({
  page: z.coerce.number().int().min(1).max(20_000).catch(1),
  done,
});
const DeviceForm = bodySchema('AuthDeviceForm', { shownTo, id: z.uuid() });

/** Devices that wait for their user (RFC 8628 3.2). Shows no user code: it is known to the device and its user alone. */
@AuthController()
@UseGuards(DeviceEnabledGuard)
export class DevicesPageController {
  constructor(
    private readonly area: AdministrationArea,
    private readonly verification: VerificationService,
    private readonly ports: HostPorts,
  ) {}

  @Get('administration/devices')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Waiting devices', hidden: true })
  list(
    @Visit() context: ExecutionContext,
    @Query({ schema: DevicesPageQuery }) { page, done: did }: z.infer<typeof DevicesPageQuery>,
  ): Promise<HttpReply> {
    return this.area.forAdministrator(context, DEVICES_PATH, async (visitor) => {
      const { limit, offset } = this.area.part(page);
      const { rows, total } = await this.verification.pending(limit, offset);
      const cards = await Promise.all(rows.map((row) => this.card(row, visitor)));
      const body =
        cards.length > 0
          ? html`<p>${text('devices.about')}</p>
              <ul class="cards">
                ${cards}
              </ul>
              ${this.area.steps(DEVICES_PATH, page, total)}`
          : html`${picture('device')}
              <p id="none">${text('devices.none')}</p>`;
      return this.area.page(DEVICES_PATH, visitor, { title: text('admin.devices'), body }, did);
    });
  }

  @Post('administration/devices/refuse')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Refuses a waiting device', hidden: true })
  refuse(
    @Visit() context: ExecutionContext,
    @Body({ schema: DeviceForm }) form: z.infer<typeof DeviceForm>,
  ): Promise<HttpReply> {
    return this.area.forForm(context, DEVICES_PATH, form, async ({ user }) => {
      // Decided or expired meanwhile: it does not wait any more, and the list shows it.
      const isRefused = await this.verification.refuse(form.id, user.id);
      return this.area.back(DEVICES_PATH, isRefused ? 'deviceRefused' : 'deviceNotWaiting');
    });
  }

  private async card(row: PendingRow, visitor: AccountVisitor): Promise<Html> {
    const client = await this.clientOf(row);
    const opened = row.subject === null ? text('devices.notOpened') : text('devices.opened', { user: row.subject });
    return html`<li>
      <div class="client">
        ${clientMark(client)}
        <h2>${clientName(client)}</h2>
      </div>
      <dl>
        <dt>${text('devices.state')}</dt>
        <dd>${opened}</dd>
        <dt>${text('devices.started')}</dt>
        <dd>${ago(row.created_at)}</dd>
        <dt>${text('admin.expires')}</dt>
        <dd>${ago(row.expires_at)}</dd>
        <dt>${text('devices.address')}</dt>
        <dd><bdi>${row.ip_address ?? text('frame.unknown')}</bdi></dd>
        <dt>${text('devices.device')}</dt>
        <dd><bdi>${row.user_agent ?? text('frame.unknown')}</bdi></dd>
      </dl>
      ${row.gives === 'session' && html`<p class="soft">${text('devices.session')}</p>`}
      ${this.area.form(`${DEVICES_PATH}/refuse`, visitor, { id: row.id }, html`<button class="bad small">${text('devices.refuse')}</button>`)}
    </li>`;
  }

  private async clientOf({ gives, client_id: clientId }: PendingRow): Promise<ShownClient> {
    const server = this.ports.authorizationServer;
    const registered = gives === 'tokens' && server.filled ? await server.get().findClient(clientId) : null;
    return registered ?? { name: clientId, isVerified: gives === 'session' };
  }
}
