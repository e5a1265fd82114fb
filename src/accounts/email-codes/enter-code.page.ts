import type { AuthError } from '../../common/errors/auth-error.js';
import { html } from '../../common/html.js';
import { faultWords } from '../../common/http/pages/fault-words.js';
import { faultOf, field, type FieldsOfFaults } from '../../common/http/pages/field.js';
import { page, type PageReply } from '../../common/http/pages/page.js';
import { text } from '../../common/texts/text.js';

export interface EnterCodeModel {
  readonly action: string;
  readonly continueTo: string;
  readonly email: string;
  /** Why the last attempt failed. */
  readonly failure: AuthError | null;
  /** Mail cannot be sent at present. */
  readonly isDelayed: boolean;
  /** Asks for another code. */
  readonly againUrl: string;
}

const FIELDS: FieldsOfFaults = { INVALID_OTP: ['otp'] };

/** Takes the code of the mail; the same for every address. */
export function enterCodePage({ action, continueTo, email, failure, isDelayed, againUrl }: EnterCodeModel): PageReply {
  const isOfField = failure !== null && failure.code in FIELDS;
  return page({
    title: text('byMail.enterTitle'),
    status: failure?.status ?? 200,
    hasFault: failure !== null,
    formActions: continueTo.startsWith('/') ? [] : [continueTo],
    body: html`
      ${
        failure
          ? !isOfField &&
            html`<p id="error" class="error" role="alert">${faultWords(failure) ?? failure.description}</p>`
          : html`<p id="sent">${text('byMail.codeSent', { account: email })}</p>`
      }
      ${isDelayed && html`<p class="warning">${text('mail.delayed')}</p>`}
      <form method="post" action="${action}">
        <input type="hidden" name="continue" value="${continueTo}" />
        <input type="hidden" name="email" value="${email}" />
        ${field({
          id: 'otp',
          label: text('byMail.codeLabel'),
          hint: text('byMail.codeRule'),
          fault: faultOf('otp', failure, FIELDS),
          attributes: html`type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="16" required
          autofocus`,
        })}
        <button id="enter">${text('signIn.button')}</button>
      </form>
      <p class="soft"><a href="${againUrl}">${text('byMail.again')}</a></p>
    `,
  });
}
