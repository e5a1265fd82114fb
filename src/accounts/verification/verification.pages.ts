import type { AuthError } from '../../common/errors/auth-error.js';
import { html } from '../../common/html.js';
import { faultOf, field, type FieldsOfFaults } from '../../common/http/pages/field.js';
import { page, type PageReply } from '../../common/http/pages/page.js';
import { picture } from '../../common/http/pages/pictures.js';
import { text } from '../../common/texts/text.js';

/** Which field a fault is about. */
export const VERIFY_FIELDS: FieldsOfFaults = { INVALID_EMAIL: ['email'], EMAIL_MISMATCH: ['email'] };

export interface VerifyModel {
  readonly action: string;
  readonly email: string;
  /** Where a sign-in was to lead; null: it is not known. */
  readonly continueTo: string | null;
  readonly signInUrl: string;
  readonly failure: AuthError | null;
}

/** Asks to which address a link is to be sent. */
export function verifyPage({ action, email, continueTo, signInUrl, failure }: VerifyModel): PageReply {
  return page({
    title: text('verify.title'),
    self: action,
    status: failure?.status ?? 200,
    hasFault: failure !== null,
    body: html`
      <p>${text('verify.about')}</p>
      <form method="post" action="${action}">
        ${continueTo !== null && html`<input type="hidden" name="continue" value="${continueTo}" />`}
        ${field({
          id: 'email',
          label: text('signIn.email'),
          fault: faultOf('email', failure, VERIFY_FIELDS),
          attributes: html`type="text" inputmode="email" autocomplete="username" autocapitalize="none"
          spellcheck="false" maxlength="320" value="${email}" required autofocus`,
        })}
        <button id="verify">${text('recover.button')}</button>
      </form>
      <p class="soft"><a href="${signInUrl}">${text('recover.back')}</a></p>
    `,
  });
}

/** After the form, the same for every address. @param isDelayed mail cannot be sent at present */
export function verificationSentPage(signInUrl: string, isDelayed: boolean): PageReply {
  return page({
    title: text('recover.sentTitle'),
    body: html`
      ${picture('done')}
      <p id="sent">${text('verify.sent')}</p>
      ${isDelayed && html`<p class="warning">${text('mail.delayed')}</p>`}
      <p><a class="button plain" href="${signInUrl}">${text('recover.back')}</a></p>
    `,
  });
}

/** Where a link leads that names no other page. */
export function verifiedPage(accountUrl: string): PageReply {
  return page({
    title: text('verified.title'),
    body: html`
      ${picture('done')}
      <p id="verified">${text('verified.text')}</p>
      <p><a class="button" href="${accountUrl}">${text('frame.toAccount')}</a></p>
    `,
  });
}

/** @param askUrl where a new link can be had; null: nowhere at present */
export function notVerifiedPage(askUrl: string | null): PageReply {
  return page({
    title: text('link.badTitle'),
    hasFault: true,
    waysOn: askUrl === null ? ['account'] : [],
    body: html`
      ${picture('fault')}
      <p id="error" role="alert">${text('link.bad')}</p>
      ${askUrl !== null && html`<p><a class="button" id="ask-again" href="${askUrl}">${text('link.askAgain')}</a></p>`}
    `,
  });
}
