import { Body, Get, HttpCode, Post, Query, type ExecutionContext } from '@nestjs/common';
import { z } from 'zod';
import { AuthError } from '../common/errors/auth-error.js';
import { html, type Html, type HtmlValue } from '../common/html.js';
import { done, shownTo } from '../common/http/areas/area-forms.js';
import type { AccountVisitor } from '../common/http/areas/account-area.js';
import { AdministrationArea, Visit } from '../common/http/areas/administration-area.js';
import { AuthController } from '../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../common/http/origins/request.guard.js';
import type { HttpReply } from '../common/http/request/reply.js';
import { bodySchema } from '../common/http/request/schema.pipe.js';
import { DescribeRoute } from '../common/http/routes/describe-route.js';
import { SigningKeys, type SigningKeyInfo } from '../common/keys/signing-keys.js';
import { text } from '../common/texts/text.js';
import { moment } from '../common/texts/time.js';

export const KEYS_PATH = '/administration/signing-keys';
const REVOKE = `${KEYS_PATH}/revoke`;
const TAG = 'Pages';

const kid = z.string().min(1).max(255);
const KeysPageQuery = z.object({ done });
const KeyQuery = z.object({ kid });
const RotateForm = bodySchema('AuthRotateSigningKeysForm', { shownTo });
const KeyForm = bodySchema('AuthSigningKeyForm', { shownTo, kid });

/** The key set: its states, a rotation, and the end of a key that has leaked. */
@AuthController()
export class SigningKeysPageController {
  constructor(
    private readonly area: AdministrationArea,
    private readonly keys: SigningKeys,
  ) {}

  @Get('administration/signing-keys')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Signing keys', hidden: true })
  list(
    @Visit() context: ExecutionContext,
    @Query({ schema: KeysPageQuery }) query: z.infer<typeof KeysPageQuery>,
  ): Promise<HttpReply> {
    return this.area.forAdministrator(context, KEYS_PATH, async (visitor) => {
      const keys = await this.keys.list();
      const body = html`<p>${text('signing.about')}</p>
        <ul class="cards">
          ${keys.toReversed().map((key) => this.card(key))}
        </ul>
        ${this.rotation(keys, visitor)}`;
      return this.area.page(KEYS_PATH, visitor, { title: text('admin.keys'), body }, query.done);
    });
  }

  /** Sent twice it has no further effect: a rotation under way is adopted. */
  @Post('administration/signing-keys/rotate')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Replaces the signing keys', hidden: true })
  rotate(
    @Visit() context: ExecutionContext,
    @Body({ schema: RotateForm }) form: z.infer<typeof RotateForm>,
  ): Promise<HttpReply> {
    return this.area.forForm(context, KEYS_PATH, form, async (visitor) => {
      await this.area.requireFresh(visitor);
      await this.keys.rotate();
      return this.area.back(KEYS_PATH, 'keysRotated');
    });
  }

  @Get('administration/signing-keys/revoke')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Asks before a key is revoked', hidden: true })
  askRevoke(
    @Visit() context: ExecutionContext,
    @Query({ schema: KeyQuery }) query: z.infer<typeof KeyQuery>,
  ): Promise<HttpReply> {
    const show = async (visitor: AccountVisitor) => {
      const key = (await this.keys.list()).find((one) => one.kid === query.kid);
      if (!key) throw AuthError.notFound('There is no such key');
      const buttons = html`<div class="row">
        <button id="revoke" class="bad">${text('signing.revokeButton')}</button>
        <a class="button plain" href="${this.area.urlOf(KEYS_PATH)}">${text('frame.cancel')}</a>
      </div>`;
      const body = html`<p class="warning">${text('signing.revokeAbout')}</p>
        ${factsOf(key)} ${this.area.form(REVOKE, visitor, { kid: key.kid }, buttons)}`;
      return this.area.page(REVOKE, visitor, { title: text('signing.revokeTitle'), body });
    };
    return this.area.forAdministrator(context, REVOKE, show, query);
  }

  @Post('administration/signing-keys/revoke')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Revokes a key', hidden: true })
  revoke(
    @Visit() context: ExecutionContext,
    @Body({ schema: KeyForm }) form: z.infer<typeof KeyForm>,
  ): Promise<HttpReply> {
    const act = async (visitor: AccountVisitor) => {
      await this.area.requireFresh(visitor);
      // No such key: sent twice, or it has left the set, which is what was asked for.
      await this.keys.revoke(form.kid);
      return this.area.back(KEYS_PATH, 'signingKeyRevoked');
    };
    return this.area.forForm(context, REVOKE, form, act, { kid: form.kid });
  }

  private card(key: SigningKeyInfo): Html {
    return html`<li>
      <h2>${key.algorithm} <span class="tag">${text(`signing.${key.state}`)}</span></h2>
      ${factsOf(key)}
      <p><a href="${this.area.urlOf(REVOKE, { kid: key.kid })}">${text('signing.revoke')}</a></p>
    </li>`;
  }

  private rotation(keys: readonly SigningKeyInfo[], visitor: AccountVisitor): Html {
    if (keys.some(({ state }) => state === 'next')) return html`<p class="note">${text('signing.rotating')}</p>`;
    const button = html`<button id="rotate" class="plain small">${text('signing.rotate')}</button>`;
    return html`<h2>${text('signing.rotateTitle')}</h2>
      <p>${text('signing.rotateAbout')}</p>
      ${this.area.form(`${KEYS_PATH}/rotate`, visitor, {}, button)}`;
  }
}

function factsOf({ kid: id, algorithm, state, createdAt, activeFrom, publishedUntil }: SigningKeyInfo): Html {
  const facts: readonly (readonly [HtmlValue, HtmlValue])[] = [
    [text('signing.id'), html`<code>${id}</code>`],
    [text('signing.algorithm'), html`<code>${algorithm}</code>`],
    [text('admin.created'), moment(createdAt)],
    [
      text(state === 'next' ? 'signing.signsFrom' : 'signing.signedFrom'),
      activeFrom ? moment(activeFrom) : text('signing.verifiesOnly'),
    ],
    [text('signing.until'), publishedUntil ? moment(publishedUntil) : text('signing.noEnd')],
  ];
  return html`<dl>
    ${facts.map(
      ([term, value]) =>
        html`<dt>${term}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}
