import type { AuthError } from '../../common/errors/auth-error.js';
import { html } from '../../common/html.js';
import { faultWords } from '../../common/http/pages/fault-words.js';
import { faultOf, field, type FieldsOfFaults } from '../../common/http/pages/field.js';
import { page, type PageReply } from '../../common/http/pages/page.js';
import { picture } from '../../common/http/pages/pictures.js';
import type { TextKey } from '../../common/texts/languages/en/index.js';
import { text } from '../../common/texts/text.js';

/** A page that asks for an address, to send something there. */
export interface AskModel {
  readonly words: { readonly title: TextKey; readonly about: TextKey; readonly button: TextKey };
  readonly action: string;
  /** Where the browser goes with its session; checked. */
  readonly continueTo: string;
  readonly email: string;
  /** Why the last attempt failed. */
  readonly failure: AuthError | null;
  /** The page with the other ways. */
  readonly signInUrl: string;
}

const FIELDS: FieldsOfFaults = { INVALID_EMAIL: ['email'] };

export function askPage({ words, action, continueTo, email, failure, signInUrl }: AskModel): PageReply {
  const isOfField = failure !== null && failure.code in FIELDS;
  return page({
    title: text(words.title),
    status: failure?.status ?? 200,
    hasFault: failure !== null,
    self: `${action}?${new URLSearchParams({ continue: continueTo })}`,
    body: html`
      ${
        failure &&
        !isOfField &&
        html`<p id="error" class="error" role="alert">${faultWords(failure) ?? failure.description}</p>`
      }
      <p>${text(words.about)}</p>
      <form method="post" action="${action}">
        <input type="hidden" name="continue" value="${continueTo}" />
        ${field({
          id: 'email',
          label: text('signIn.email'),
          fault: faultOf('email', failure, FIELDS),
          attributes: html`type="text" inputmode="email" autocomplete="username" autocapitalize="none"
          spellcheck="false" maxlength="320" value="${email}" required autofocus`,
        })}
        <button id="send">${text(words.button)}</button>
      </form>
      <p class="soft"><a href="${signInUrl}">${text('byMail.back')}</a></p>
    `,
  });
}

/** After the form, the same for every address. */
export function linkSentPage(signInUrl: string, isDelayed: boolean): PageReply {
  return page({
    title: text('byMail.sentTitle'),
    body: html`
      ${picture('done')}
      <p id="sent">${text('byMail.linkSent')}</p>
      ${isDelayed && html`<p class="warning">${text('mail.delayed')}</p>`}
      <p><a class="button plain" href="${signInUrl}">${text('byMail.back')}</a></p>
    `,
  });
}
