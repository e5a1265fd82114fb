import { Body, Get, Headers, HttpCode, Inject, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { html } from '../../common/html.js';
import { AccountArea, type AccountVisitor } from '../../common/http/areas/account-area.js';
import { SecretReveal } from '../../common/http/areas/secret-reveal.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { secretPart } from '../../common/http/pages/secret-part.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { text } from '../../common/texts/text.js';
import { API_KEYS_SETTINGS, type ApiKeysSettings } from '../api-keys.settings.js';
import { keyErrors } from '../keys/api-key.errors.js';
import { ownerOf } from '../keys/api-key.owner.js';
import type { ApiKeyView } from '../keys/api-key.view.js';
import { ApiKeysService } from '../management/api-keys.service.js';
import { OwnApiKeysService } from '../management/own-api-keys.service.js';
import { delegatedList, isUsable, keyFacts, keyPermissions, nameOf, revealed, stateTag } from './api-key.pages.js';
import { DeleteKeyForm, EnableKeyForm, KeyPageQuery, RotateKeyForm } from './key-form.js';
import { KeyForms } from './key-forms.js';
import { handleOf } from './key-owners.js';
import { usagePicture } from './usage-picture.js';

const KEYS = '/account/api-keys';
const KEY = `${KEYS}/key`;
const TAG = 'Pages';
const SHOWN_DAYS = 30;
const MAX_DELEGATED = 100;

/** One key: shown once, used, replaced, stopped, deleted. */
@AuthController()
export class ApiKeyPageController {
  constructor(
    private readonly area: AccountArea,
    private readonly own: OwnApiKeysService,
    private readonly keys: ApiKeysService,
    private readonly forms: KeyForms,
    private readonly reveal: SecretReveal,
    @Inject(API_KEYS_SETTINGS) private readonly settings: ApiKeysSettings,
  ) {}

  @Get('account/api-keys/key')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'One key', hidden: true })
  show(
    @Headers() headers: HeaderBag,
    @Query({ schema: KeyPageQuery }) { id, done }: z.infer<typeof KeyPageQuery>,
  ): Promise<HttpReply> {
    const show = async (visitor: AccountVisitor) => {
      const key = await this.own.get(visitor.principal, id);
      const secret = this.reveal.secretOf(revealed(key, visitor.user.id), headers);
      const reply = await this.page(visitor, key, secret, done);
      return secret === null ? reply : reply.cookie(...this.reveal.cleared());
    };
    return this.area.forVisitor(headers, KEY, show, { id });
  }

  @Post('account/api-keys/enable')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Stops a key, or lets it work again', hidden: true })
  enable(
    @Body({ schema: EnableKeyForm }) form: z.infer<typeof EnableKeyForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    return this.acting(headers, form, async ({ principal }) => {
      const enabled = form.enabled === 'true';
      await this.own.update(principal, form.id, { enabled });
      return this.area.back(KEY, enabled ? 'keyEnabled' : 'keyDisabled', { id: form.id });
    });
  }

  @Post('account/api-keys/rotate')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Replaces a key', hidden: true })
  rotate(
    @Body({ schema: RotateKeyForm }) form: z.infer<typeof RotateKeyForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    return this.acting(headers, form, async (visitor) => {
      await this.area.requireFresh(visitor);
      try {
        const key = await this.own.rotate(visitor.principal, form.id, form.overlap, form.order);
        return this.area
          .back(KEY, 'keyRotated', { id: key.id })
          .cookie(this.reveal.hold(revealed(key, visitor.user.id), key.key));
      } catch (error) {
        if (!(error instanceof AuthError) || error.code !== keyErrors.alreadyRotated().code) throw error;
        // By another tab, or by this form a while ago: it is replaced, which is what was asked for.
        const { rotatedTo } = await this.own.get(visitor.principal, form.id);
        return this.area.back(KEY, 'keyRotated', { id: rotatedTo ?? form.id });
      }
    });
  }

  @Get('account/api-keys/delete')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Asks before a key is deleted', hidden: true })
  askDelete(
    @Headers() headers: HeaderBag,
    @Query({ schema: KeyPageQuery }) { id }: z.infer<typeof KeyPageQuery>,
  ): Promise<HttpReply> {
    const show = async (visitor: AccountVisitor) => {
      const key = await this.own.get(visitor.principal, id);
      const back = this.area.urlOf(KEY, { id });
      const body = html`<p class="warning">${text('keys.deleteAbout')}</p>
        <p>${nameOf(key)} <code dir="ltr">${key.start}…</code></p>
        ${this.forms.deletion(visitor, key, back)}`;
      return this.area.page(`${KEYS}/delete`, visitor, { title: text('keys.deleteTitle'), body });
    };
    return this.area.forVisitor(headers, `${KEYS}/delete`, show, { id });
  }

  @Post('account/api-keys/delete')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Deletes a key', hidden: true })
  remove(
    @Body({ schema: DeleteKeyForm }) form: z.infer<typeof DeleteKeyForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    return this.acting(headers, form, async ({ principal }) => {
      // Sent twice: the first has deleted it, which is what was asked for.
      if (!(await this.own.isDeleted(principal, form.id))) await this.own.delete(principal, form.id);
      return this.area.back(KEYS, 'keyDeleted', { owner: form.owner });
    });
  }

  private acting(
    headers: HeaderBag,
    form: { readonly id: string; readonly shownTo: string },
    act: (visitor: AccountVisitor) => Promise<HttpReply>,
  ): Promise<HttpReply> {
    return this.area.forForm(headers, KEY, form, act, { id: form.id });
  }

  private async page(visitor: AccountVisitor, key: ApiKeyView, secret: string | null, done: string | undefined) {
    const list = this.area.urlOf(KEYS, { owner: handleOf(key) });
    const title = text('keys.title', { name: key.name || `${key.start}…` });
    if (secret !== null) {
      const copied = html`<p><a id="copied" class="button small" href="${list}">${text('keys.copied')}</a></p>`;
      const body = html`${secretPart(secret, text('keys.once'))}
        <p>${text('keys.howToUse', { header: html`<code>${this.settings.headers[0]}</code>` })}</p>
        ${copied} ${keyFacts(key)} ${keyPermissions(key)}`;
      return this.area.page(KEY, visitor, { title, body }, done);
    }
    const days = await this.own.usage(visitor.principal, key.id, SHOWN_DAYS);
    const { rotatedTo, delegatedFrom } = key;
    const successor =
      rotatedTo !== null &&
      html`<p><a id="successor" href="${this.area.urlOf(KEY, { id: rotatedTo })}">${text('keys.successor')}</a></p>`;
    const origin =
      delegatedFrom !== null &&
      html`<p>
        <a id="origin" href="${this.area.urlOf(KEY, { id: delegatedFrom })}">${text('keys.delegatedFrom')}</a>
      </p>`;
    const forms =
      isUsable(key) && key.delegatedFrom === null && this.forms.of(visitor, key, this.keys.configuration(key.configId));
    const state = stateTag(key);
    const body = html`${state && html`<p>${state}</p>`} ${successor} ${origin} ${keyFacts(key)} ${usagePicture(days)}
      ${keyPermissions(key)} ${delegatedList(await this.delegatedFrom(key))} ${forms}
      <h2>${text('keys.deleteThis')}</h2>
      <p>${text('keys.deleteAbout')}</p>
      <p>
        <a id="delete-key" class="button bad small" href="${this.area.urlOf(`${KEYS}/delete`, { id: key.id })}"
          >${text('keys.delete')}…</a
        >
      </p>
      <p><a href="${list}">${text('keys.all')}</a></p>`;
    return this.area.page(KEY, visitor, { title, body }, done);
  }

  /** Those that are good for something. */
  private async delegatedFrom(key: ApiKeyView) {
    const listing = { owner: ownerOf(key), delegatedFrom: key.id, status: 'active', limit: MAX_DELEGATED } as const;
    const { apiKeys } = await this.keys.list(listing);
    return apiKeys.map((one) => ({ key: one, url: this.area.urlOf(KEY, { id: one.id }) }));
  }
}
