import { Body, Get, Headers, HttpCode, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { html, type Html } from '../../common/html.js';
import { AccountArea, type AccountVisitor } from '../../common/http/areas/account-area.js';
import { SecretReveal } from '../../common/http/areas/secret-reveal.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { faultWords } from '../../common/http/pages/fault-words.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { HostPorts } from '../../common/ports/port.js';
import { text } from '../../common/texts/text.js';
import { ApiKeyUsageStore } from '../keys/api-key-usage.store.js';
import type { ApiKeyView } from '../keys/api-key.view.js';
import { ApiKeysService } from '../management/api-keys.service.js';
import { OwnApiKeysService } from '../management/own-api-keys.service.js';
import { keyList, newKeyForm, revealed, type ShownKey } from './api-key.pages.js';
import { KeysPageQuery, NewKeyForm, NewKeyQuery, toCommand, type NewKeyFields } from './key-form.js';
import { KeyOwners, type ShownOwner } from './key-owners.js';

export const KEYS_PATH = '/account/api-keys';
const NEW_PATH = `${KEYS_PATH}/new`;
const TAG = 'Pages';
const SHOWN_DAYS = 30;
/** Faults of the form that its user can correct. */
const CORRECTABLE = ['INVALID_NAME_LENGTH', 'NAME_REQUIRED', 'INVALID_NAME', 'KEY_LIMIT_REACHED'];

/** The keys of the user, and the form that makes one. */
@AuthController()
export class ApiKeysPageController {
  constructor(
    private readonly area: AccountArea,
    private readonly own: OwnApiKeysService,
    private readonly keys: ApiKeysService,
    private readonly usage: ApiKeyUsageStore,
    private readonly owners: KeyOwners,
    private readonly reveal: SecretReveal,
    private readonly ports: HostPorts,
  ) {}

  @Get('account/api-keys')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'API keys', hidden: true })
  list(
    @Headers() headers: HeaderBag,
    @Query({ schema: KeysPageQuery }) query: z.infer<typeof KeysPageQuery>,
  ): Promise<HttpReply> {
    return this.area.forVisitor(headers, KEYS_PATH, async (visitor) => {
      const owner = await this.owners.find(visitor.principal, query.owner);
      const { apiKeys } = await this.own.list(visitor.principal, ownerIn(owner));
      const shown = await this.shown(apiKeys);
      const body = html`${await this.ownerChoice(visitor, owner)}
      ${keyList(shown, this.urlWith(NEW_PATH, { owner: owner.handle }))}`;
      return this.area.page(KEYS_PATH, visitor, { title: text('account.apiKeys'), body }, query.done);
    });
  }

  @Get('account/api-keys/new')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that makes a key', hidden: true })
  showNew(
    @Headers() headers: HeaderBag,
    @Query({ schema: NewKeyQuery }) query: z.infer<typeof NewKeyQuery>,
  ): Promise<HttpReply> {
    return this.area.forVisitor(headers, KEYS_PATH, async (visitor) => {
      const owner = await this.owners.find(visitor.principal, query.owner);
      return this.form(visitor, owner, { configuration: query.configuration, name: '' }, null);
    });
  }

  @Post('account/api-keys/new')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Makes a key', hidden: true })
  create(@Body({ schema: NewKeyForm }) form: NewKeyFields, @Headers() headers: HeaderBag): Promise<HttpReply> {
    return this.area.forVisitor(headers, KEYS_PATH, async (visitor) => {
      await this.area.requireFresh(visitor);
      const owner = await this.owners.find(visitor.principal, form.owner);
      try {
        const command = { ...toCommand(form, this.keys.configuration(form.configuration)), ...ownerIn(owner) };
        const key = await this.own.create(visitor.principal, command);
        return this.area
          .back(`${KEYS_PATH}/key`, 'keyCreated', { id: key.id })
          .cookie(this.reveal.hold(revealed(key, visitor.user.id), key.key));
      } catch (error) {
        if (!(error instanceof AuthError) || !CORRECTABLE.includes(error.code)) throw error;
        return this.form(visitor, owner, form, error);
      }
    });
  }

  private async shown(keys: readonly ApiKeyView[]): Promise<ShownKey[]> {
    const used = await this.usage.days(
      keys.map(({ id }) => id),
      SHOWN_DAYS,
    );
    return keys.map((key) => ({ key, days: used.get(key.id)!, url: this.urlWith(`${KEYS_PATH}/key`, { id: key.id }) }));
  }

  private form(
    visitor: AccountVisitor,
    owner: ShownOwner,
    { configuration, name }: { readonly configuration: string | undefined; readonly name: string },
    failure: AuthError | null,
  ): HttpReply {
    const server = this.ports.authorizationServer;
    const body = newKeyForm({
      action: this.area.urlOf(NEW_PATH, 'POST'),
      configuration: this.keys.configuration(configuration),
      owner,
      scopeTexts: server.filled ? server.get().scopeTexts : new Map(),
      name,
      fault: failure ? (faultWords(failure) ?? failure.description) : undefined,
    });
    return this.area.page(KEYS_PATH, visitor, {
      title: text('keys.new'),
      status: failure?.status ?? 200,
      hasFault: failure !== null,
      self: this.urlWith(NEW_PATH, { owner: owner.handle }),
      body,
    });
  }

  /** Links to the keys of the other owners; nothing where there are none. */
  private async ownerChoice({ principal }: AccountVisitor, current: ShownOwner): Promise<Html | false> {
    const owners = await this.owners.of(principal);
    if (owners.length === 1) return false;
    const items = owners.map(
      ({ handle, name }) =>
        html`<li>
          <a
            href="${this.urlWith(KEYS_PATH, { owner: handle })}"
            ${handle === current.handle && html` aria-current="true"`}
            >${name === null ? text('keys.yours') : html`<bdi>${name}</bdi>`}</a
          >
        </li>`,
    );
    return html`<ul class="links">
      ${items}
    </ul>`;
  }

  private urlWith(path: string, parameters: Readonly<Record<string, string>>): string {
    const given = Object.entries(parameters).filter(([, value]) => value !== '');
    return given.length === 0 ? this.area.urlOf(path) : `${this.area.urlOf(path)}?${new URLSearchParams(given)}`;
  }
}

function ownerIn({ organizationId, serviceId }: ShownOwner) {
  return { ...(organizationId !== undefined && { organizationId }), ...(serviceId !== undefined && { serviceId }) };
}
