import { Injectable } from '@nestjs/common';
import { AuthError } from '../../errors/auth-error.js';
import { Extensions } from '../../extensions.js';
import { BrowserSession } from '../../guards/browser-session.js';
import { html, type Html } from '../../html.js';
import { HostPorts } from '../../ports/port.js';
import type { HostUser } from '../../ports/user-directory.js';
import type { AuthPrincipal } from '../../principal/auth-principal.js';
import { text } from '../../texts/text.js';
import { page, type PageModel, type PageReply } from '../pages/page.js';
import { faultWords } from '../pages/fault-words.js';
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
type Content = Omit<PageModel, 'sections'> & { readonly body: Html };

/** The pages of a user's own account: who sees them, their navigation, and where their forms lead. */
@Injectable()
export class AccountArea {
  constructor(
    private readonly browser: BrowserSession,
    private readonly ports: HostPorts,
    private readonly routes: AuthRoutes,
    private readonly extensions: Extensions,
  ) {}

  /**
   * Shows a page, or does what its form asks, for the user of this browser. Whoever is not signed in is sent to sign in first, and comes back
   * to the page (F35). By the cookie alone: a token of the user does not show that they are at this browser.
   * @param path of the page, e.g. `/account/sessions`
   */
  async forVisitor(headers: HeaderBag, path: string, show: Show): Promise<HttpReply> {
    const visitor = await this.visitorOf(headers);
    if (!visitor) return seeOther(this.signInUrl(path));
    try {
      return await show(visitor);
    } catch (error) {
      if (error instanceof AuthError && error.code === 'SESSION_NOT_FRESH') return this.askAgain(path, visitor, error);
      throw error;
    }
  }

  /** One page of the account, or of the administration. @param path its own; `done`, from its query: what the last form did */
  page(path: string, { user }: AccountVisitor, { body, ...model }: Content, done?: string): PageReply {
    const reader = html`<p class="soft">${text('frame.signedInAs', { account: html`<bdi>${user.email}</bdi>` })}</p>
      <form method="post" action="${this.routes.publicPathOf('/account/sign-out', 'POST')}">
        <button id="sign-out" class="plain small">${text('signOut.button')}</button>
      </form>`;
    const sections = sectionsOf(areaOf(path), path, this.extensions, this.routes, reader);
    return page({ ...model, sections, body: html`${doneNote(done)} ${body}` });
  }

  /** After a form: the page again, which a reload does not send twice. */
  back(path: string, done: DoneKey, query: Readonly<Record<string, string>> = {}): HttpReply {
    return seeOther(`${this.routes.publicPathOf(path)}?${new URLSearchParams({ ...query, done })}`);
  }

  /** Address of a page or a form of the account. */
  urlOf(path: string, method?: string): string {
    return this.routes.publicPathOf(path, method);
  }

  /** For what must not be done by whoever finds a browser open. @throws AuthError 403 `SESSION_NOT_FRESH`, which becomes a page */
  async requireFresh({ principal }: AccountVisitor): Promise<void> {
    await this.ports.sessions.get().requireFresh(principal);
  }

  private async visitorOf(headers: HeaderBag): Promise<AccountVisitor | null> {
    const principal = await this.browser.principal(headers);
    const user = principal && (await this.ports.users.get().find(principal.subjectId));
    return principal && user ? { principal, user } : null;
  }

  /** RFC 9470 in the small: the form was not done, and can be sent again after a new sign-in. */
  private askAgain(path: string, visitor: AccountVisitor, error: AuthError): HttpReply {
    const url = this.signInUrl(path, visitor.user.email);
    return this.page(path, visitor, {
      title: text('fresh.title'),
      status: error.status,
      hasFault: true,
      self: this.routes.publicPathOf(path),
      body: html`<p id="error">${faultWords(error)}</p>
        <p><a id="sign-in" class="button" href="${url}">${text('signIn.button')}</a></p>
        <p><a href="${this.routes.publicPathOf(path)}">${text('frame.goBack')}</a></p>`,
    });
  }

  /** Where a browser signs in, and comes back to this page. */
  signInUrl(path: string, loginHint?: string): string {
    return this.ports.signInFlow
      .get()
      .signInUrl(this.routes.publicPathOf(path), loginHint === undefined ? {} : { loginHint });
  }
}
