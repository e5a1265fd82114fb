import { Body, Get, Headers, HttpCode, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { html, type Html } from '../../common/html.js';
import { AccountArea, type AccountVisitor } from '../../common/http/areas/account-area.js';
import { SecretReveal } from '../../common/http/areas/secret-reveal.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { seeOther, type HttpReply } from '../../common/http/request/reply.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { HostPorts } from '../../common/ports/port.js';
import { text } from '../../common/texts/text.js';
import { ApiKeyUsageStore } from '../keys/api-key-usage.store.js';
import { keyErrors } from '../keys/api-key.errors.js';
import type { ApiKeyView } from '../keys/api-key.view.js';
import { OwnApiKeysService } from '../management/own-api-keys.service.js';
import { keyList, revealed, type ShownKey } from './api-key.pages.js';
import { KeysPageQuery, NewKeyForm, NewKeyQuery, toCommand, type NewKeyFields } from './key-form.js';
import { KeyOwners, type ShownOwner } from './key-owners.js';
import { kindChoice, newKeyFields, NEW_KEY_FAULTS, type NewKeyModel } from './new-key.page.js';

export const KEYS_PATH = '/account/api-keys';
const NEW_PATH = `${KEYS_PATH}/new`;
const TAG = 'Pages';
const SHOWN_DAYS = 30;
const ROWS = 25;

/** The keys of the user, and the form that makes one. */
@AuthController()
export class ApiKeysPageController {
  constructor(
    private readonly area: AccountArea,
    private readonly own: OwnApiKeysService,
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
    const show = async (visitor: AccountVisitor) => {
      const owner = await this.owners.find(visitor.principal, query.owner);
      const listing = { ...ownerIn(owner), delegatedFrom: null, limit: ROWS, offset: (query.page - 1) * ROWS };
      const { apiKeys, total } = await this.own.list(visitor.principal, listing);
      const canMake = this.owners.configurationsFor(owner).length > 0;
      const body = html`${await this.ownerChoice(visitor, owner)}
      ${keyList(await this.shown(apiKeys), canMake ? this.area.urlOf(NEW_PATH, { owner: owner.handle }) : null)}
      ${this.steps(owner, query.page, total)}`;
      return this.area.page(KEYS_PATH, visitor, { title: text('account.apiKeys'), body }, query.done);
    };
    return this.area.forVisitor(headers, KEYS_PATH, show, { owner: query.owner });
  }

  @Get('account/api-keys/new')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that makes a key', hidden: true })
  showNew(
    @Headers() headers: HeaderBag,
    @Query({ schema: NewKeyQuery }) { owner: handle, configuration }: z.infer<typeof NewKeyQuery>,
  ): Promise<HttpReply> {
    const show = async (visitor: AccountVisitor) => {
      // Asked for before the form is filled in, so that nothing has to be entered twice.
      await this.area.requireFresh(visitor);
      const owner = await this.owners.find(visitor.principal, handle);
      return this.formPage(visitor, { owner, configuration, entered: null, failure: null });
    };
    return this.area.forVisitor(headers, NEW_PATH, show, { owner: handle, configuration: configuration ?? '' });
  }

  @Post('account/api-keys/new')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Makes a key', hidden: true })
  create(@Body({ schema: NewKeyForm }) form: NewKeyFields, @Headers() headers: HeaderBag): Promise<HttpReply> {
    const make = async (visitor: AccountVisitor) => {
      await this.area.requireFresh(visitor);
      const owner = await this.owners.find(visitor.principal, form.owner);
      try {
        return await this.make(visitor, owner, form);
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        // Sent once more after a while, as the back button does: it is in the list, and its secret has been shown.
        if (error.code === keyErrors.alreadyMade().code)
          return seeOther(this.area.urlOf(KEYS_PATH, { owner: owner.handle }));
        if (!(error.code in NEW_KEY_FAULTS)) throw error;
        return this.formPage(visitor, { owner, configuration: form.configuration, entered: form, failure: error });
      }
    };
    const query = { owner: form.owner, configuration: form.configuration ?? '' };
    return this.area.forForm(headers, NEW_PATH, form, make, query);
  }

  private async make(visitor: AccountVisitor, owner: ShownOwner, form: NewKeyFields): Promise<HttpReply> {
    const command = { ...toCommand(form, this.configurationOf(owner, form.configuration)), ...ownerIn(owner) };
    const key = await this.own.create(visitor.principal, command, form.order);
    return this.area
      .back(`${KEYS_PATH}/key`, 'keyCreated', { id: key.id })
      .cookie(this.reveal.hold(revealed(key, visitor.user.id), key.key));
  }

  private async shown(keys: readonly ApiKeyView[]): Promise<ShownKey[]> {
    const ids = keys.map(({ id }) => id);
    const used = await this.usage.days(ids, SHOWN_DAYS);
    return keys.map((key) => ({
      key,
      days: used.get(key.id)!,
      url: this.area.urlOf(`${KEYS_PATH}/key`, { id: key.id }),
    }));
  }

  /** @throws AuthError 400 for a kind of key that the owner cannot have */
  private configurationOf(owner: ShownOwner, configId: string | undefined) {
    const all = this.owners.configurationsFor(owner);
    const configuration = configId === undefined ? all[0] : all.find((one) => one.configId === configId);
    if (!configuration) throw keyErrors.unknownConfiguration();
    return configuration;
  }

  private formPage(
    visitor: AccountVisitor,
    given: Pick<NewKeyModel, 'owner' | 'entered' | 'failure'> & { readonly configuration: string | undefined },
  ): HttpReply {
    const { owner, failure } = given;
    const server = this.ports.authorizationServer;
    const urlOf = (configuration: string) => this.area.urlOf(NEW_PATH, { owner: owner.handle, configuration });
    const kinds = this.owners.configurationsFor(owner).map(({ configId }) => ({ configId, url: urlOf(configId) }));
    const configuration = this.configurationOf(owner, given.configuration);
    const scopeTexts = server.filled ? server.get().scopeTexts : new Map();
    const listUrl = this.area.urlOf(KEYS_PATH, { owner: owner.handle });
    const model: NewKeyModel = { ...given, configuration, kinds, scopeTexts, listUrl };
    return this.area.page(NEW_PATH, visitor, {
      title: text('keys.new'),
      status: failure?.status ?? 200,
      hasFault: failure !== null,
      self: urlOf(configuration.configId),
      body: html`${owner.name !== null && html`<p>${text('keys.for', { owner: owner.name })}</p>`} ${kindChoice(model)}
      ${this.area.form(NEW_PATH, visitor, newKeyFields(model))}`,
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
            href="${this.area.urlOf(KEYS_PATH, { owner: handle })}"
            ${handle === current.handle && html` aria-current="true"`}
            >${name === null ? text('keys.yours') : html`<bdi>${name}</bdi>`}</a
          >
        </li>`,
    );
    return html`<ul class="links" id="owners">
      ${items}
    </ul>`;
  }

  /** Links to the pages before and after; nothing for a list of one page. */
  private steps({ handle }: ShownOwner, page: number, total: number): Html | false {
    const urlOf = (to: number) => this.area.urlOf(KEYS_PATH, { owner: handle, page: to > 1 ? String(to) : '' });
    const isLast = page * ROWS >= total;
    return (
      (page > 1 || !isLast) &&
      html`<ul class="links">
        ${page > 1 && html`<li><a id="newer" href="${urlOf(page - 1)}">${text('keys.newer')}</a></li>`}
        ${!isLast && html`<li><a id="older" href="${urlOf(page + 1)}">${text('keys.older')}</a></li>`}
      </ul>`
    );
  }
}

function ownerIn({ organizationId, serviceId }: ShownOwner) {
  return { ...(organizationId !== undefined && { organizationId }), ...(serviceId !== undefined && { serviceId }) };
}
