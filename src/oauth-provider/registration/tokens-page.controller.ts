import { Body, Get, HttpCode, Inject, Post, Query, type ExecutionContext } from '@nestjs/common';
import { z } from 'zod';
import { isDisplayName } from '../../common/display-name.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { html, type Html, type HtmlValue } from '../../common/html.js';
import type { AccountVisitor } from '../../common/http/areas/account-area.js';
import { done, shownTo } from '../../common/http/areas/area-forms.js';
import { AdministrationArea, Visit } from '../../common/http/areas/administration-area.js';
import { SecretReveal } from '../../common/http/areas/secret-reveal.js';
import { SingleForms } from '../../common/http/areas/single-forms.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { field } from '../../common/http/pages/field.js';
import { secretPart } from '../../common/http/pages/secret-part.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';
import { bodySchema } from '../../common/http/request/schema.pipe.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { text } from '../../common/texts/text.js';
import { day, lasting } from '../../common/texts/time.js';
import { pageNumber } from '../clients/client-form.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { InitialAccessTokens, type InitialAccessTokenView } from './initial-access-tokens.js';

export const TOKENS_PATH = '/administration/registration-tokens';
const TAG = 'Pages';
const DAY_SECONDS = 86_400;
/** Lifetimes that the form offers, in days; 0: no end. */
const LIFETIMES = [1, 7, 30, 90, 0];

const id = z.string().min(1).max(64);
const TokensPageQuery = z.object({ id: id.optional(), page: pageNumber, done });
const TokenForm = bodySchema('AuthRegistrationTokenForm', { shownTo, id });
const NewTokenForm = bodySchema('AuthNewRegistrationTokenForm', {
  shownTo,
  form: id,
  name: z.string().trim().max(1_000).default(''),
  uses: z.string().trim().max(20).default(''),
  lifetime: z.coerce
    .number()
    .int()
    .refine((days) => LIFETIMES.includes(days)),
});
type NewTokenFields = z.infer<typeof NewTokenForm>;

/** Initial access tokens, with which others register clients (RFC 7591 3). */
@AuthController()
export class TokensPageController {
  constructor(
    private readonly area: AdministrationArea,
    private readonly tokens: InitialAccessTokens,
    private readonly reveal: SecretReveal,
    private readonly forms: SingleForms,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  @Get('administration/registration-tokens')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Initial access tokens', hidden: true })
  list(
    @Visit() context: ExecutionContext,
    @Query({ schema: TokensPageQuery }) { id: created, page, done: did }: z.infer<typeof TokensPageQuery>,
  ): Promise<HttpReply> {
    return this.area.forAdministrator(context, TOKENS_PATH, async (visitor) => {
      const { headers } = context.switchToHttp().getRequest<GuardedRequest>();
      const secret = created === undefined ? null : this.reveal.secretOf(secretOf(created, visitor), headers);
      const reply = await this.page(visitor, { secret, number: page, done: did });
      return secret === null ? reply : reply.cookie(...this.reveal.cleared());
    });
  }

  @Post('administration/registration-tokens')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Makes an initial access token', hidden: true })
  create(@Visit() context: ExecutionContext, @Body({ schema: NewTokenForm }) form: NewTokenFields): Promise<HttpReply> {
    return this.area.forForm(context, TOKENS_PATH, form, async (visitor) => {
      await this.area.requireFresh(visitor);
      const faults = faultsOf(form);
      if (faults) return this.page(visitor, { entered: form, faults });
      return this.forms.once(
        { form: form.form, subjectId: visitor.user.id },
        () => this.make(visitor, form),
        () => this.area.back(TOKENS_PATH, 'sentBefore'),
      );
    });
  }

  @Post('administration/registration-tokens/revoke')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Ends an initial access token', hidden: true })
  revoke(
    @Visit() context: ExecutionContext,
    @Body({ schema: TokenForm }) form: z.infer<typeof TokenForm>,
  ): Promise<HttpReply> {
    return this.area.forForm(context, TOKENS_PATH, form, async () => {
      // Unknown: sent twice, or ended by another administrator, which is what was asked for.
      await this.tokens.revoke(form.id).catch((error: unknown) => {
        if (!(error instanceof AuthError) || error.status !== 404) throw error;
      });
      return this.area.back(TOKENS_PATH, 'tokenRevoked');
    });
  }

  private async make(visitor: AccountVisitor, { name, uses, lifetime }: NewTokenFields): Promise<HttpReply> {
    const { id: created, token } = await this.tokens.create({
      ...(name !== '' && { name }),
      ...(uses !== '' && { uses: Number(uses) }),
      ...(lifetime > 0 && { lifetimeSeconds: lifetime * DAY_SECONDS }),
    });
    const held = this.reveal.hold(secretOf(created, visitor), token);
    return this.area.back(TOKENS_PATH, 'tokenCreated', { id: created }).cookie(held);
  }

  private async page(visitor: AccountVisitor, shown: Shown): Promise<HttpReply> {
    const { secret = null, number = 1, entered, faults = null } = shown;
    const { limit, offset } = this.area.part(number);
    const { tokens, total } = await this.tokens.list(limit, offset);
    const items = tokens.map((token) => this.item(token, visitor));
    const body = html`${secret !== null && secretPart(secret, text('admin.once'))}
      <p>${text('tokens.about')}</p>
      ${this.settings.registration.mode === 'off' && html`<p class="warning">${text('tokens.off')}</p>`}
      ${
        items.length > 0
          ? html`<ul class="cards">
              ${items}
            </ul>`
          : html`<p id="none" class="soft">${text('tokens.none')}</p>`
      }
      ${this.area.steps(TOKENS_PATH, number, total)}
      <h2>${text('tokens.new')}</h2>
      ${this.area.form(TOKENS_PATH, visitor, {}, html`${this.forms.field()} ${fieldsOf(entered, faults)}`)}`;
    return this.area.page(
      TOKENS_PATH,
      visitor,
      { title: text('admin.tokens'), status: faults ? 400 : 200, hasFault: faults !== null, body },
      shown.done,
    );
  }

  private item(view: InitialAccessTokenView, visitor: AccountVisitor): Html {
    const { id: token, name, remainingUses, expiresAt, createdAt } = view;
    const isOver = expiresAt !== null && expiresAt.getTime() <= Date.now();
    const state = isOver ? text('tokens.expired') : remainingUses === 0 && text('tokens.spent');
    const button = html`<button class="bad small">${text('tokens.revoke')}</button>`;
    return html`<li>
      <h2>
        ${name === null ? text('tokens.unnamed') : html`<bdi>${name}</bdi>`}
        ${state && html`<span class="tag">${state}</span>`}
      </h2>
      <dl>
        <dt>${text('tokens.left')}</dt>
        <dd>${remainingUses ?? text('tokens.any')}</dd>
        <dt>${text('admin.expires')}</dt>
        <dd>${expiresAt ? day(expiresAt) : text('admin.never')}</dd>
        <dt>${text('admin.created')}</dt>
        <dd>${day(createdAt)}</dd>
      </dl>
      ${this.area.form(`${TOKENS_PATH}/revoke`, visitor, { id: token }, button)}
    </li>`;
  }
}

interface Shown {
  readonly secret?: string | null;
  readonly number?: number;
  readonly entered?: NewTokenFields;
  readonly faults?: Faults | null;
  readonly done?: string | undefined;
}

interface Faults {
  readonly name?: HtmlValue;
  readonly uses?: HtmlValue;
}

/** Null: none. */
function faultsOf({ name, uses }: NewTokenFields): Faults | null {
  if (name !== '' && (name.length > 200 || !isDisplayName(name))) return { name: text('tokens.nameFault') };
  if (uses !== '' && !/^[1-9]\d{0,8}$/.test(uses)) return { uses: text('tokens.usesFault') };
  return null;
}

function fieldsOf(entered: NewTokenFields | undefined, faults: Faults | null): Html {
  const chosen = entered?.lifetime ?? 7;
  return html`${field({
      id: 'name',
      label: text('admin.name'),
      hint: text('tokens.nameHint'),
      fault: faults?.name,
      attributes: html`type="text" maxlength="200" autocomplete="off" value="${entered?.name ?? ''}"`,
    })}
    ${field({
      id: 'uses',
      label: text('tokens.uses'),
      hint: text('tokens.usesRule'),
      fault: faults?.uses,
      attributes: html`type="text" inputmode="numeric" maxlength="9" autocomplete="off" value="${entered?.uses ?? '1'}"`,
    })}
    <label for="lifetime">${text('admin.expires')}</label>
    <select id="lifetime" name="lifetime">
      ${LIFETIMES.map((days) => html`<option value="${days}" ${days === chosen && html` selected`}>${days === 0 ? text('admin.never') : lasting(days * DAY_SECONDS)}</option>`)}
    </select>
    <button id="create">${text('tokens.create')}</button>`;
}

function secretOf(token: string, { user }: AccountVisitor) {
  return { of: `initial-access-token:${token}`, subjectId: user.id };
}
