import type { AuthError } from '../../common/errors/auth-error.js';
import { commonErrorHeaders } from '../../common/errors/rendered-error.js';
import type { SignInPageButton, SignInPageContent } from '../../common/ports/sign-in-page.js';
import { html, type Html } from '../../common/html.js';
import { clientCard, clientLinks, isWebAddress } from '../../common/http/pages/client-card.js';
import { page } from '../../common/http/pages/page.js';
import type { HttpReply } from '../../common/http/request/reply.js';

/** What the sign-in page and the sign-up page show. */
export interface SignInPageModel {
  readonly kind: 'sign-in' | 'sign-up';
  /** Address that the form is sent to. */
  readonly action: string;
  /** Where the browser goes with its session; checked. */
  readonly continueTo: string;
  readonly name: string;
  readonly email: string;
  /** Why the last attempt failed. */
  readonly failure: AuthError | null;
  /** False: users have no passwords here. */
  readonly takesPassword: boolean;
  readonly minPasswordLength: number;
  /** Address of the other of the two pages; null: sign-up is off. */
  readonly otherPage: string | null;
  /** What capabilities add. */
  readonly content: SignInPageContent;
}

export function signInPage(model: SignInPageModel): HttpReply<string> {
  const { kind, continueTo, failure, content } = model;
  const reply = page({
    title: kind === 'sign-in' ? 'Sign in' : 'Sign up',
    status: failure?.status ?? 200,
    formActions: [...(content.formActions ?? []), ...(continueTo.startsWith('/') ? [] : [continueTo])],
    body: html`
      ${content.client && clientCard(content.client, html`to continue to <strong>${content.client.name}</strong>`)}
      ${failure && html`<p id="error" class="error" role="alert">${failure.description}</p>`}
      ${model.takesPassword && formPart(model)} ${otherWays(content, model.takesPassword)} ${otherPagePart(model)}
      ${content.client && clientLinks(content.client)}
    `,
  });
  const headers = failure ? commonErrorHeaders(failure) : {};
  for (const [name, value] of Object.entries(headers)) reply.header(name, String(value));
  return reply;
}

function formPart(model: SignInPageModel): Html {
  const isNew = model.kind === 'sign-up';
  const describedBy = model.failure && html` aria-describedby="error"`;
  return html`<form method="post" action="${model.action}">
    <input type="hidden" name="continue" value="${model.continueTo}" />
    ${isNew && nameField(model.name)}
    <label for="email">E-mail address</label>
    <input
      id="email"
      name="email"
      type="text"
      inputmode="email"
      autocomplete="username"
      autocapitalize="none"
      spellcheck="false"
      maxlength="320"
      value="${model.email}"
      required${describedBy}${focusIf(!isNew && model.email === '')}
    />
    <label for="password">Password</label>
    ${isNew && html`<p id="password-rule" class="soft">At least ${model.minPasswordLength} characters.</p>`}
    <input
      id="password"
      name="password"
      type="password"
      autocomplete="${isNew ? 'new-password' : 'current-password'}"
      maxlength="1024"
      required${isNew && html` aria-describedby="password-rule"`}${focusIf(!isNew && model.email !== '')}
    />
    <button id="${model.kind}">${isNew ? 'Sign up' : 'Sign in'}</button>
  </form>`;
}

function nameField(name: string): Html {
  return html`<label for="name">Name</label>
    <input id="name" name="name" type="text" autocomplete="name" maxlength="255" value="${name}" required autofocus />`;
}

function focusIf(wanted: boolean): Html | false {
  return wanted && html` autofocus`;
}

function otherWays({ buttons = [], links = [] }: SignInPageContent, isSecond: boolean): Html | undefined {
  if (buttons.length + links.length === 0) return undefined;
  return html`${isSecond && html`<hr class="rule" />`}
    <div class="stack">${buttons.map(buttonForm)}</div>
    ${links.map(({ text, href }) => isOwnOrWeb(href) && html`<p><a href="${href}">${text}</a></p>`)}`;
}

function buttonForm({ text, action, fields }: SignInPageButton): Html {
  const hidden = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  return html`<form method="post" action="${action}">${hidden}<button class="plain">${text}</button></form>`;
}

function otherPagePart({ kind, otherPage }: SignInPageModel): Html | null {
  if (otherPage === null) return null;
  return kind === 'sign-in'
    ? html`<p class="soft">No account yet? <a href="${otherPage}">Sign up</a></p>`
    : html`<p class="soft">You have an account? <a href="${otherPage}">Sign in</a></p>`;
}

function isOwnOrWeb(href: string): boolean {
  return /^\/(?!\/)/.test(href) || isWebAddress(href);
}
