import { Body, Get, Headers, HttpCode, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { html, type Html, type HtmlValue } from '../../common/html.js';
import { AccountArea, type AccountVisitor } from '../../common/http/areas/account-area.js';
import { SecretReveal } from '../../common/http/areas/secret-reveal.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { secretPart } from '../../common/http/pages/secret-part.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { text } from '../../common/texts/text.js';
import { lasting } from '../../common/texts/time.js';
import type { UsageDay } from '../keys/api-key-usage.store.js';
import type { ApiKeyView } from '../keys/api-key.view.js';
import { ApiKeysService } from '../management/api-keys.service.js';
import { OwnApiKeysService } from '../management/own-api-keys.service.js';
import { keyFacts, nameOf, revealed, stateTag } from './api-key.pages.js';
import { EnableKeyForm, KeyForm, KeyPageQuery, overlapsOf, RotateKeyForm } from './key-form.js';
import { usagePicture } from './usage-picture.js';

const KEYS = '/account/api-keys';
const KEY = `${KEYS}/key`;
const TAG = 'Pages';
const SHOWN_DAYS = 30;

/** One key: shown once, used, replaced, stopped, deleted. */
@AuthController()
export class ApiKeyPageController {
  constructor(
    private readonly area: AccountArea,
    private readonly own: OwnApiKeysService,
    private readonly keys: ApiKeysService,
    private readonly reveal: SecretReveal,
  ) {}

  @Get('account/api-keys/key')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'One key', hidden: true })
  show(
    @Headers() headers: HeaderBag,
    @Query({ schema: KeyPageQuery }) { id, done }: z.infer<typeof KeyPageQuery>,
  ): Promise<HttpReply> {
    return this.area.forVisitor(headers, KEYS, async (visitor) => {
      const key = await this.own.get(visitor.principal, id);
      const secret = this.reveal.secretOf(revealed(key, visitor.user.id), headers);
      const days = await this.own.usage(visitor.principal, id, SHOWN_DAYS);
      const body = html`${secret !== null && secretPart(secret, text('keys.once'))} ${this.about(key, days)}
        ${isUsable(key) && this.forms(key)}
        <p><a href="${this.area.urlOf(KEYS)}">${text('keys.all')}</a></p>`;
      const reply = this.area.page(
        KEYS,
        visitor,
        { title: text('keys.title', { name: key.name || key.start }), body },
        done,
      );
      return secret === null ? reply : reply.cookie(...this.reveal.cleared());
    });
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
    return this.acting(headers, async ({ principal }) => {
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
    return this.acting(headers, async (visitor) => {
      await this.area.requireFresh(visitor);
      const before = await this.own.get(visitor.principal, form.id);
      // Sent twice: the first has replaced it, which is what was asked for.
      if (before.rotatedTo !== null) return this.area.back(KEY, 'keyRotated', { id: before.rotatedTo });
      const key = await this.own.rotate(visitor.principal, form.id, form.overlap);
      return this.area
        .back(KEY, 'keyRotated', { id: key.id })
        .cookie(this.reveal.hold(revealed(key, visitor.user.id), key.key));
    });
  }

  @Get('account/api-keys/delete')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Asks before a key is deleted', hidden: true })
  askDelete(
    @Headers() headers: HeaderBag,
    @Query({ schema: KeyPageQuery }) { id }: z.infer<typeof KeyPageQuery>,
  ): Promise<HttpReply> {
    return this.area.forVisitor(headers, KEYS, async (visitor) => {
      const key = await this.own.get(visitor.principal, id);
      const body = html`<p class="warning">${text('keys.deleteAbout')}</p>
        <p>${nameOf(key)} <code>${key.start}…</code></p>
        ${this.form('delete', key, html`<div class="row"><button id="delete" class="bad">${text('keys.delete')}</button><a class="button plain" href="${this.urlOf(KEY, key)}">${text('frame.cancel')}</a></div>`)}`;
      return this.area.page(KEYS, visitor, { title: text('keys.deleteTitle'), body });
    });
  }

  @Post('account/api-keys/delete')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Deletes a key', hidden: true })
  remove(@Body({ schema: KeyForm }) form: z.infer<typeof KeyForm>, @Headers() headers: HeaderBag): Promise<HttpReply> {
    return this.acting(headers, async ({ principal }) => {
      await this.own.delete(principal, form.id);
      return this.area.back(KEYS, 'keyDeleted');
    });
  }

  private acting(headers: HeaderBag, act: (visitor: AccountVisitor) => Promise<HttpReply>): Promise<HttpReply> {
    return this.area.forVisitor(headers, KEYS, act);
  }

  private about(key: ApiKeyView, days: readonly UsageDay[]): Html {
    const permissions = Object.entries(key.permissions ?? {}).map(
      ([resource, actions]) => `${resource}: ${actions.join(', ')}`,
    );
    const may = [...key.scopes, ...permissions];
    return html`<p>${nameOf(key)} <code>${key.start}…</code> ${stateTag(key)}</p>
      ${keyFacts(key)} ${usagePicture(days)}
      ${
        may.length > 0 &&
        html`<h2>${text('keys.may')}</h2>
          <ul>
            ${may.map((one) => html`<li><code>${one}</code></li>`)}
          </ul>`
      }`;
  }

  private forms(key: ApiKeyView): Html {
    const overlaps = overlapsOf(this.keys.configuration(key.configId));
    const isStopped = !key.enabled;
    return html`${
        key.rotatedTo === null &&
        html`<h2>${text('keys.rotateTitle')}</h2>
          <p>${text('keys.rotateAbout')}</p>
          ${this.form(
            'rotate',
            key,
            html`<label for="overlap">${text('keys.overlap')}</label>
              <select id="overlap" name="overlap">
                ${overlaps.map((seconds) => html`<option value="${seconds}">${seconds === 0 ? text('keys.noOverlap') : lasting(seconds)}</option>`)}
              </select>
              <button id="rotate" class="plain small">${text('keys.rotate')}</button>`,
          )}`
      }
      <h2>${text('keys.stopTitle')}</h2>
      ${this.form(
        'enable',
        key,
        html`<input type="hidden" name="enabled" value="${String(isStopped)}" />
          <button id="enable" class="plain small">${text(isStopped ? 'keys.enable' : 'keys.disable')}</button>`,
      )}
      <p><a id="delete-key" href="${this.urlOf(`${KEYS}/delete`, key)}">${text('keys.delete')}</a></p>`;
  }

  private form(action: string, { id }: ApiKeyView, content: HtmlValue): Html {
    return html`<form method="post" action="${this.area.urlOf(`${KEYS}/${action}`, 'POST')}">
      <input type="hidden" name="id" value="${id}" />
      ${content}
    </form>`;
  }

  private urlOf(path: string, { id }: ApiKeyView): string {
    return `${this.area.urlOf(path)}?${new URLSearchParams({ id })}`;
  }
}

function isUsable({ revokedAt, expiresAt }: ApiKeyView): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt.getTime() > Date.now());
}
