import type { AuthError } from '../../common/errors/auth-error.js';
import { html, type Html } from '../../common/html.js';
import { faultOf, field, type FieldsOfFaults } from '../../common/http/pages/field.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { text } from '../../common/texts/text.js';

export interface EmailModel {
  readonly user: HostUser;
  /** Makes a form. @param path of the route that takes it */
  readonly formTo: (path: string, content: Html) => Html;
  readonly backUrl: string;
  /** What was entered in the form. */
  readonly entered: string;
  readonly failure: AuthError | null;
  /** The form was sent just now. */
  readonly isSent: boolean;
  /** Mail cannot be sent at present. */
  readonly isDelayed: boolean;
  /** The address that is to be the new one, and the link that is waited for; null: no link was sent. */
  readonly pending: { readonly to: string; readonly step: 'change-email-confirm' | 'change-email-verify' } | null;
}

export const EMAIL_FAULTS: FieldsOfFaults = { INVALID_EMAIL: ['newEmail'], EMAIL_IS_THE_SAME: ['newEmail'] };

/** The present address, a change that is under way, and the form of another one. */
export function emailPart(model: EmailModel): Html {
  const { user, formTo, backUrl, entered, failure, isSent, isDelayed } = model;
  return html`
    ${isSent && html`<p id="sent" class="note" role="status">${text('changeEmail.sent')}</p>`}
    ${isSent && isDelayed && html`<p class="warning">${text('mail.delayed')}</p>`} ${pendingPart(model)}
    <dl>
      <dt>${text('account.email')}</dt>
      <dd><bdi>${user.email}</bdi></dd>
    </dl>
    ${formTo(
      '/account/email',
      html`${field({
          id: 'newEmail',
          label: text('changeEmail.new'),
          hint: text('changeEmail.rule'),
          fault: faultOf('newEmail', failure, EMAIL_FAULTS),
          attributes: html`type="text" inputmode="email" autocomplete="email" autocapitalize="none" spellcheck="false"
          maxlength="320" value="${entered}" required`,
        })}
        <div class="row">
          <button id="change-email">${text('changeEmail.button')}</button>
          <a class="button plain" href="${backUrl}">${text('frame.cancel')}</a>
        </div>`,
    )}
  `;
}

function pendingPart({ user, pending, formTo }: EmailModel): Html | null {
  if (!pending) return null;
  const words = pending.step === 'change-email-confirm' ? 'changeEmail.pendingConfirm' : 'changeEmail.pendingVerify';
  return html`<section id="pending">
    <p>${text(words, { email: pending.to, account: user.email })}</p>
    ${formTo('/account/email/cancel', html`<button id="cancel" class="plain small">${text('changeEmail.cancel')}</button>`)}
  </section>`;
}
