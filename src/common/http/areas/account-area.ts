import { Injectable } from '@nestjs/common';
import { AuthError } from '../../errors/auth-error.js';
import { Extensions } from '../../extensions.js';
import { BrowserSession } from '../../guards/browser-session.js';
import { StepUpPages } from '../../guards/step-up-pages.js';
import { html, type Html, type HtmlValue } from '../../html.js';
import { HostPorts } from '../../ports/port.js';
import type { HostUser } from '../../ports/user-directory.js';
import type { AuthPrincipal } from '../../principal/auth-principal.js';
import { actorOf, requireInPerson } from '../../principal/impersonation.js';
import { text } from '../../texts/text.js';
import { page, type PageModel, type PageReply, type PageSections } from '../pages/page.js';
import { pageOfError } from '../pages/error-page.js';
import { seeOther, type HttpReply } from '../request/reply.js';
import type { HeaderBag } from '../request/headers.js';
import { AuthRoutes } from '../routes/auth-routes.js';
import { doneNote, type DoneKey } from './done-note.js';
import { areaOf, sectionsOf } from './area-sections.js';

/** Whoever sees a page of their account. */
export interface AccountVisitor {
  readonly principal: AuthPrincipal;
  readonly user: HostUser;
}

type Show = (visitor: AccountVisitor) => Promise<HttpReply>;
type Query = Readonly<Record<string, string>>;
type Content = Omit<PageModel, 'sections'> & { readonly body: Html };

/** The pages of a user's own account: who sees them, their navigation, and where their forms lead. */
@Injectable()
export class AccountArea {
  constructor(
    private readonly browser: BrowserSession,
    private readonly ports: HostPorts,
    private readonly routes: AuthRoutes,
    private readonly extensions: Extensions,
    private readonly stepUps: StepUpPages,
  ) {}

  /**
   * Shows a page, or does what its form asks, for the user of this browser. Whoever is not signed in is sent to sign in first, and comes back
   * to the page (F35). By the cookie alone: a token of the user does not show that they are at this browser. Errors below 500 are shown in the
   * account, so that there is a way on; who has to show more is asked for it, and comes back.
   * @param path of the page, e.g. `/account/sessions`
   * @param query of the page, for coming back
   */
  async forVisitor(headers: HeaderBag, path: string, show: Show, query: Query = {}): Promise<HttpReply> {
    const visitor = await this.visitorOf(headers);
    if (!visitor) return seeOther(this.signInUrl(path, query));
    try {
      return await show(visitor);
    } catch (error) {
      if (!(error instanceof AuthError) || error.status >= 500) throw error;
      const stronger = await this.stepUpUrl(path, visitor, error, query);
      if (stronger) return seeOther(stronger);
      // The session or the user has ended meanwhile.
      if (error.status === 401) return seeOther(this.signInUrl(path, query));
      if (error.code === 'SESSION_NOT_FRESH') return this.askAgain(path, visitor, error, query);
      return pageOfError(error, this.sections(path, visitor));
    }
  }

  /**
   * Does what a form of a page asks, for the user to whom the page was shown. If somebody else has signed in meanwhile, in another tab,
   * nothing is done, and they are told (F35).
   * @param shownTo the field of {@link form}
   */
  async forForm(
    headers: HeaderBag,
    path: string,
    { shownTo }: { readonly shownTo: string },
    act: Show,
    query: Query = {},
  ): Promise<HttpReply> {
    const guarded: Show = async (visitor) =>
      visitor.user.id === shownTo
        ? this.inPerson(visitor, act)
        : seeOther(`${this.sectionOf(path, visitor)}?done=otherUser`);
    return this.forVisitor(headers, path, guarded, query);
  }

  /** What a form changes, only the user in person changes; what is read, also an administrator who acts as them. */
  private async inPerson(visitor: AccountVisitor, act: Show): Promise<HttpReply> {
    requireInPerson(visitor.principal);
    return act(visitor);
  }

  /** A form of a page. @param path of the route that takes it */
  form(path: string, { user }: AccountVisitor, content: HtmlValue): Html {
    return html`<form method="post" action="${this.actionOf(path)}">
      <input type="hidden" name="shownTo" value="${user.id}" />
      ${content}
    </form>`;
  }

  /** One page of the account, or of the administration. @param path its own; `done`, from its query: what the last form did */
  page(path: string, visitor: AccountVisitor, { body, ...model }: Content, done?: string): PageReply {
    const about = html`${this.markOf(visitor)} ${doneNote(done)}`;
    return page({ ...model, sections: this.sections(path, visitor), body: html`${about} ${body}` });
  }

  /** After a form: the page again, which a reload does not send twice. */
  back(path: string, done: DoneKey, query: Query = {}): HttpReply {
    return seeOther(this.urlOf(path, { ...query, done }));
  }

  /** Address of a page of the account. @param query its parameters; empty ones are left out */
  urlOf(path: string, query: Query = {}): string {
    const given = Object.entries(query).filter(([, value]) => value !== '');
    return this.routes.publicPathOf(path) + (given.length > 0 ? `?${new URLSearchParams(given)}` : '');
  }

  /** Address of a form. */
  actionOf(path: string): string {
    return this.routes.publicPathOf(path, 'POST');
  }

  /** For what must not be done by whoever finds a browser open. @throws AuthError 403 `SESSION_NOT_FRESH`, which becomes a page */
  async requireFresh({ principal }: AccountVisitor): Promise<void> {
    await this.ports.sessions.get().requireFresh(principal);
  }

  /** Where the visitor shows what the page asks for besides, and comes back from; null: it asks for nothing, or they have nothing. */
  private async stepUpUrl(path: string, { principal }: AccountVisitor, error: AuthError, query: Query) {
    const { subjectId, sessionId, claims } = principal;
    const acr = error.stepUp?.acrValues;
    if (!acr || sessionId === null) return null;
    const methods = Array.isArray(claims['amr']) ? claims['amr'] : [];
    return this.stepUps.urlFor({ subjectId, sessionId, methods, acr, continueTo: this.urlOf(path, query) });
  }

  /** Says on every page that it is an administrator who looks, and leads back. */
  private markOf({ principal, user }: AccountVisitor): Html | false {
    return (
      actorOf(principal) !== null &&
      html`<div id="impersonated" class="note" role="status">
        <p>${text('impersonation.mark', { account: html`<bdi>${user.email}</bdi>` })}</p>
        <form method="post" action="${this.actionOf('/account/stop-impersonating')}">
          <button id="stop-impersonating" class="small">${text('impersonation.stop')}</button>
        </form>
      </div>`
    );
  }

  private async visitorOf(headers: HeaderBag): Promise<AccountVisitor | null> {
    const principal = await this.browser.principal(headers);
    const user = principal && (await this.ports.users.get().find(principal.subjectId));
    return principal && user ? { principal, user } : null;
  }

  /** Where the navigation leads for a page below. */
  private sectionOf(path: string, visitor: AccountVisitor): string {
    return this.sections(path, visitor).items.find(({ isCurrent }) => isCurrent)?.href ?? this.urlOf(path);
  }

  private sections(path: string, { user }: AccountVisitor): PageSections {
    const reader = html`<p class="soft">${text('frame.signedInAs', { account: html`<bdi>${user.email}</bdi>` })}</p>
      <form method="post" action="${this.routes.publicPathOf('/account/sign-out', 'POST')}">
        <button id="sign-out" class="plain small">${text('signOut.button')}</button>
      </form>`;
    return sectionsOf(areaOf(path), path, this.extensions, this.routes, reader);
  }

  /** RFC 9470 in the small: the form was not done, and can be sent again after a new sign-in. */
  private askAgain(path: string, visitor: AccountVisitor, error: AuthError, query: Query): HttpReply {
    const url = this.signInUrl(path, query, visitor.user.email);
    return this.page(path, visitor, {
      title: text('fresh.title'),
      status: error.status,
      self: this.urlOf(path, query),
      body: html`<p id="not-fresh">${text('fresh.about')}</p>
        <div class="row">
          <a id="sign-in" class="button" href="${url}">${text('signIn.button')}</a>
          <a class="button plain" href="${this.sectionOf(path, visitor)}">${text('frame.cancel')}</a>
        </div>`,
    });
  }

  /** Where a browser signs in, and comes back to this page. */
  signInUrl(path: string, query: Query = {}, loginHint?: string): string {
    return this.ports.signInFlow.get().signInUrl(this.urlOf(path, query), loginHint === undefined ? {} : { loginHint });
  }
}
