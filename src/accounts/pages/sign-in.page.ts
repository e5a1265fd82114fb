import type { AuthError } from '../../common/errors/auth-error.js';
import { commonErrorHeaders } from '../../common/errors/rendered-error.js';
import type { SignInPageButton, SignInPageContent } from '../../common/ports/sign-in-page.js';
import { html, type Html } from '../../common/html.js';
import { clientCard, clientLinks, clientName, isWebAddress } from '../../common/http/pages/client-card.js';
import { faultWords } from '../../common/http/pages/fault-words.js';
import { faultOf, field, type FieldsOfFaults } from '../../common/http/pages/field.js';
import { page, type PageReply } from '../../common/http/pages/page.js';
import { hostText } from '../../common/texts/host-text.js';
import { text, type Text } from '../../common/texts/text.js';

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
  /** Address of the page for those who have forgotten their password; null: nobody sends them a link. */
  readonly recoverUrl: string | null;
  /** Where the form leads that sends a new link, for an address that is not verified; null: nobody sends one. */
  readonly verifyAction: string | null;
  /** Pages that send something by mail. */
  readonly mailWays: readonly { readonly words: Text; readonly href: string }[];
  /** What capabilities add. */
  readonly content: SignInPageContent;
}

/** Which field a fault is about; a wrong pair is about both, so it stands above them. */
const FIELDS: FieldsOfFaults = {
  INVALID_EMAIL: ['email'],
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: ['email'],
  PASSWORD_TOO_SHORT: ['password'],
  PASSWORD_TOO_LONG: ['password'],
  PASSWORD_COMPROMISED: ['password'],
  NAME_MISSING: ['name'],
  NAME_UNSEEN: ['name'],
};

export function signInPage(model: SignInPageModel): PageReply {
  const { kind, continueTo, failure, content, action } = model;
  const reply = page({
    title: text(kind === 'sign-in' ? 'signIn.title' : 'signUp.title'),
    status: failure?.status ?? 200,
    hasFault: failure !== null,
    self: `${action}?${new URLSearchParams({ continue: continueTo })}`,
    ...(kind === 'sign-in' && content.scripted && { script: content.scripted.script }),
    formActions: [...(content.formActions ?? []), ...(continueTo.startsWith('/') ? [] : [continueTo])],
    body: html`
      ${content.client && clientCard(content.client, text('signIn.toContinue', { client: clientName(content.client) }))}
      ${failure && faultPart(failure)} ${failure?.code === 'EMAIL_NOT_VERIFIED' && verifyPart(model)}
      ${model.takesPassword && formPart(model)} ${model.recoverUrl !== null && recoverPart(model.recoverUrl)}
      ${otherWays(model)} ${otherPagePart(model)} ${content.client && clientLinks(content.client)}
    `,
  });
  const headers = failure ? commonErrorHeaders(failure) : {};
  for (const [name, value] of Object.entries(headers)) reply.header(name, String(value));
  return reply;
}

function faultPart(failure: AuthError): Html {
  return html`<p id="error" class="error" role="alert">${faultWords(failure) ?? failure.description}</p>`;
}

function recoverPart(url: string): Html {
  return html`<p class="soft"><a id="forgotten" href="${url}">${text('recover.link')}</a></p>`;
}

function verifyPart({ verifyAction, email, continueTo }: SignInPageModel): Html | null {
  if (verifyAction === null) return null;
  return html`<form method="post" action="${verifyAction}">
    <input type="hidden" name="email" value="${email}" />
    <input type="hidden" name="continue" value="${continueTo}" />
    <p class="soft">${text('verify.link')}</p>
    <button id="verify-again" class="plain small">${text('verify.again')}</button>
  </form>`;
}

function formPart(model: SignInPageModel): Html {
  const { kind, failure } = model;
  const isNew = kind === 'sign-up';
  const fault = (name: string) => ({ fault: faultOf(name, failure, FIELDS) });
  const focused = focusedIn(model);
  const address = ['username', isNew ? undefined : model.content.scripted?.autocomplete].filter(Boolean).join(' ');
  return html`<form method="post" action="${model.action}">
    <input type="hidden" name="continue" value="${model.continueTo}" />
    ${
      isNew &&
      field({
        id: 'name',
        label: text('signIn.name'),
        ...fault('name'),
        attributes: html`type="text" autocomplete="name" maxlength="255" value="${model.name}"
        required${focused === 'name' && FOCUS}`,
      })
    }
    ${field({
      id: 'email',
      label: text('signIn.email'),
      ...fault('email'),
      attributes: html`type="text" inputmode="email" autocomplete="${address}" autocapitalize="none" spellcheck="false"
      maxlength="320" value="${model.email}" required${focused === 'email' && FOCUS}`,
    })}
    ${field({
      id: 'password',
      label: text('signIn.password'),
      ...fault('password'),
      hint: isNew && text('signIn.passwordRule', { count: model.minPasswordLength }),
      attributes: html`type="password" autocomplete="${isNew ? 'new-password' : 'current-password'}" maxlength="1024"
      required${focused === 'password' && FOCUS}`,
    })}
    <button id="${kind}">${text(isNew ? 'signUp.button' : 'signIn.button')}</button>
  </form>`;
}

const FOCUS = html` autofocus`;

/** The field to go on with: that of the fault, else the first that is empty. */
function focusedIn({ kind, failure, email, name }: SignInPageModel): string {
  const [faulty] = (failure && FIELDS[failure.code]) ?? [];
  if (faulty !== undefined) return faulty;
  if (kind === 'sign-up' && name === '') return 'name';
  return email === '' ? 'email' : 'password';
}

function otherWays({ content, kind, mailWays, takesPassword }: SignInPageModel): Html | undefined {
  const { buttons = [], links = [] } = content;
  const scripted = kind === 'sign-in' ? content.scripted : undefined;
  if (buttons.length + links.length + mailWays.length === 0 && !scripted) return undefined;
  return html`${takesPassword && html`<p class="rule">${text('signIn.or')}</p>`}
    <div class="stack">
      ${scripted?.part}${buttons.map(buttonForm)}${mailWays.map(({ words, href }) => html`<a class="button plain" href="${href}">${words}</a>`)}
    </div>
    ${links.map(({ text: words, href }) => isOwnOrWeb(href) && html`<p><a href="${href}">${hostText(words)}</a></p>`)}`;
}

function buttonForm({ provider, mark, action, fields }: SignInPageButton): Html {
  const hidden = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  return html`<form method="post" action="${action}">
    ${hidden}<button class="plain">${mark}${text('signIn.with', { provider })}</button>
  </form>`;
}

function otherPagePart({ kind, otherPage }: SignInPageModel): Html | null {
  if (otherPage === null) return null;
  const link = html`<a href="${otherPage}">${text(kind === 'sign-in' ? 'signUp.link' : 'signIn.button')}</a>`;
  return html`<p class="soft">${text(kind === 'sign-in' ? 'signIn.noAccount' : 'signIn.haveAccount', { link })}</p>`;
}

function isOwnOrWeb(href: string): boolean {
  return /^\/(?!\/)/.test(href) || isWebAddress(href);
}
