import { createParamDecorator, HttpException, Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthError } from '../../errors/auth-error.js';
import { AdministrationGuard } from '../../guards/administration.js';
import { html, type Html } from '../../html.js';
import { text } from '../../texts/text.js';
import { page, type PageReply } from '../pages/page.js';
import { picture } from '../pages/pictures.js';
import type { HeaderBag } from '../request/headers.js';
import type { HttpReply } from '../request/reply.js';
import type { GuardedRequest } from '../request/request-context.js';
import { AccountArea, type AccountVisitor } from './account-area.js';
import type { DoneKey } from './done-note.js';

/** A request of an administration page, as the host's guard sees every request. */
export const Visit = createParamDecorator((_: unknown, context: ExecutionContext): ExecutionContext => context);

/** How many rows a page of a list has. */
const ROWS = 50;

type Act = (visitor: AccountVisitor) => Promise<HttpReply>;
type Query = Readonly<Record<string, string>>;

/** One page of a list. */
export interface ListPart {
  readonly offset: number;
  readonly limit: number;
}

/**
 * The pages of the administration. Who sees them the host's guard decides, which it does for the routes under `/admin` too; besides, they
 * have to be signed in at this browser, since what they do may need a new proof of who they are.
 */
@Injectable()
export class AdministrationArea {
  constructor(
    private readonly account: AccountArea,
    private readonly guard: AdministrationGuard,
  ) {}

  /**
   * Shows a page to an administrator. Whoever is not signed in is sent to sign in first, and comes back to the page.
   * @param path of the page, e.g. `/administration/clients`; `query` for coming back
   * @throws AuthError 404 when administration is off
   */
  async forAdministrator(context: ExecutionContext, path: string, show: Act, query: Query = {}): Promise<HttpReply> {
    this.guard.requireGiven();
    return this.account.forVisitor(headersOf(context), path, this.guarded(context, path, show), query);
  }

  /** Does what a form of a page asks, for the administrator to whom it was shown. @param path of that page */
  async forForm(
    context: ExecutionContext,
    path: string,
    form: { readonly shownTo: string },
    act: Act,
    query: Query = {},
  ): Promise<HttpReply> {
    this.guard.requireGiven();
    return this.account.forForm(headersOf(context), path, form, this.guarded(context, path, act), query);
  }

  /** One page. @param path its own; `done`, from its query: what the last form did */
  page(...given: Parameters<AccountArea['page']>): PageReply {
    return this.account.page(...given);
  }

  /** After a form: the page again, which a reload does not send twice. */
  back(path: string, done: DoneKey, query: Query = {}): HttpReply {
    return this.account.back(path, done, query);
  }

  /** Address of a page. @param query its parameters; empty ones are left out */
  urlOf(path: string, query: Query = {}): string {
    return this.account.urlOf(path, query);
  }

  /** A form with hidden fields. @param path of the route that takes it */
  form(path: string, visitor: AccountVisitor, fields: Query, content: Html): Html {
    const hidden = Object.entries(fields).map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
    );
    return this.account.form(path, visitor, html`${hidden} ${content}`);
  }

  /** For what must not be done by whoever finds a browser open. @throws AuthError 403 `SESSION_NOT_FRESH`, which becomes a page */
  async requireFresh(visitor: AccountVisitor): Promise<void> {
    await this.account.requireFresh(visitor);
  }

  /** The rows of a page of a long list. @param number of the page, from its query */
  part(number: number): ListPart {
    return { offset: (number - 1) * ROWS, limit: ROWS };
  }

  /** Links to the pages before and after; nothing for a list of one page. */
  steps(path: string, number: number, total: number, query: Query = {}): Html | false {
    const last = Math.max(1, Math.ceil(total / ROWS));
    const to = (other: number) => this.urlOf(path, { ...query, page: other > 1 ? String(other) : '' });
    return (
      (last > 1 || number > 1) &&
      html`<p class="steps">
        ${number > 1 && html`<a id="newer" rel="prev" href="${to(Math.min(number - 1, last))}">${text('admin.newer')}</a>`}
        <span class="soft">${text('admin.page', { number, last })}</span>
        ${number < last && html`<a id="older" rel="next" href="${to(number + 1)}">${text('admin.older')}</a>`}
      </p>`
    );
  }

  private guarded(context: ExecutionContext, path: string, act: Act): Act {
    return async (visitor) => ((await this.admits(context)) ? act(visitor) : this.denied(path, visitor));
  }

  private async admits(context: ExecutionContext): Promise<boolean> {
    try {
      return await this.guard.canActivate(context);
    } catch (error) {
      const status =
        error instanceof HttpException ? error.getStatus() : error instanceof AuthError ? error.status : null;
      // A guard that knows another credential says 401: nothing that a signed-in user of a browser could answer.
      if (status === 401 || status === 403) return false;
      throw error;
    }
  }

  /** Tells nothing of what there is to administer. */
  private denied(path: string, { user }: AccountVisitor): HttpReply {
    return page({
      title: text('admin.deniedTitle'),
      status: 403,
      hasFault: true,
      waysOn: ['account'],
      body: html`${picture('turnedAway')}
        <p id="denied">${text('admin.denied', { account: html`<bdi>${user.email}</bdi>` })}</p>
        <p><a id="another" class="button" href="${this.account.signInUrl(path)}">${text('accounts.another')}</a></p>`,
    });
  }
}

function headersOf(context: ExecutionContext): HeaderBag {
  return context.switchToHttp().getRequest<GuardedRequest>().headers;
}
