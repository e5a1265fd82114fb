import type { AuthError } from '../../common/errors/auth-error.js';
import { html } from '../../common/html.js';
import { faultOf, field, type FieldsOfFaults } from '../../common/http/pages/field.js';
import { page, type PageReply } from '../../common/http/pages/page.js';
import { picture } from '../../common/http/pages/pictures.js';
import { text } from '../../common/texts/text.js';

export interface RecoverModel {
  readonly action: string;
  /** The address that was entered at the sign-in. */
  readonly hint: string;
  /** Where the sign-in leads that follows; checked. */
  readonly continueTo: string;
  readonly signInUrl: string;
}

/** Asks whose password it is. */
export function recoverPage({ action, hint, continueTo, signInUrl }: RecoverModel): PageReply {
  return page({
    title: text('recover.title'),
    self: `${action}?${new URLSearchParams({ continue: continueTo })}`,
    body: html`
      <p>${text('recover.about')}</p>
      <form method="post" action="${action}">
        <input type="hidden" name="continue" value="${continueTo}" />
        ${field({
          id: 'email',
          label: text('signIn.email'),
          attributes: html`type="email" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="320"
          value="${hint}" required autofocus`,
        })}
        <button id="recover">${text('recover.button')}</button>
      </form>
      <p class="soft"><a href="${signInUrl}">${text('recover.back')}</a></p>
    `,
  });
}

/** After the form, the same for every address. @param isDelayed mail cannot be sent at present */
export function sentPage(signInUrl: string, isDelayed: boolean): PageReply {
  return page({
    title: text('recover.sentTitle'),
    body: html`
      ${picture('done')}
      <p id="sent">${text('recover.sent')}</p>
      ${isDelayed && html`<p class="warning">${text('mail.delayed')}</p>`}
      <p><a class="button plain" href="${signInUrl}">${text('recover.back')}</a></p>
    `,
  });
}

/** In place of the form for the new password. @param askUrl where a new link can be had; null: nowhere at present */
export function badLinkPage(askUrl: string | null): PageReply {
  return page({
    title: text('link.badTitle'),
    status: 400,
    hasFault: true,
    waysOn: askUrl === null ? ['account'] : [],
    body: html`
      ${picture('fault')}
      <p id="error" role="alert">${text('link.bad')}</p>
      ${askUrl !== null && html`<p><a class="button" id="ask-again" href="${askUrl}">${text('link.askAgain')}</a></p>`}
    `,
  });
}

/** Which field a fault is about. */
export const NEW_PASSWORD_FIELDS: FieldsOfFaults = {
  PASSWORD_TOO_SHORT: ['password'],
  PASSWORD_TOO_LONG: ['password'],
  PASSWORD_COMPROMISED: ['password'],
};

export interface NewPasswordModel {
  readonly action: string;
  readonly token: string;
  readonly minLength: number;
  readonly failure: AuthError | null;
}

/** Asks for the new password. */
export function newPasswordPage({ action, token, minLength, failure }: NewPasswordModel): PageReply {
  return page({
    title: text('newPassword.title'),
    status: failure?.status ?? 200,
    hasFault: failure !== null,
    body: html`
      <form method="post" action="${action}">
        <input type="hidden" name="token" value="${token}" />
        ${field({
          id: 'password',
          label: text('account.newPassword'),
          hint: text('signIn.passwordRule', { count: minLength }),
          fault: faultOf('password', failure, NEW_PASSWORD_FIELDS),
          attributes: html`type="password" autocomplete="new-password" maxlength="1024" required autofocus`,
        })}
        <button id="set">${text('newPassword.button')}</button>
      </form>
    `,
  });
}

/** @param endsSessions the user was signed out everywhere */
export function recoveredPage(signInUrl: string, endsSessions: boolean): PageReply {
  return page({
    title: text('newPassword.doneTitle'),
    body: html`
      ${picture('done')}
      <p id="set-done">${text('newPassword.done')}</p>
      ${endsSessions && html`<p>${text('newPassword.ended')}</p>`}
      <p><a class="button" href="${signInUrl}">${text('signIn.button')}</a></p>
    `,
  });
}
