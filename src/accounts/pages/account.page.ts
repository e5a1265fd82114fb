import type { HostUser } from '../../common/ports/user-directory.js';
import type { AuthError } from '../../common/errors/auth-error.js';
import { html, type Html } from '../../common/html.js';
import { faultOf, field, type FieldsOfFaults } from '../../common/http/pages/field.js';
import { text } from '../../common/texts/text.js';

export interface ProfileModel {
  readonly user: HostUser;
  /** Makes a form. @param path of the route that takes it */
  readonly formTo: (path: string, content: Html) => Html;
  /** Users change name and picture here. */
  readonly takesProfile: boolean;
  /** What this user does about a password here: change the one that they have, set a first one, or nothing. */
  readonly password: 'change' | 'set' | null;
  /** Where the address is changed; null: not here. */
  readonly changeEmailUrl: string | null;
  /** A link can be sent that verifies the address, which nobody has done yet. */
  readonly canVerify: boolean;
  readonly minPasswordLength: number;
  /** What the last form was refused for. */
  readonly failure: AuthError | null;
  /** What was entered in it. */
  readonly entered?: { readonly name?: string; readonly image?: string };
}

/** Errors of these forms by the field that they are about. */
export const PROFILE_FAULTS: FieldsOfFaults = {
  NAME_MISSING: ['name'],
  NAME_UNSEEN: ['name'],
  IMAGE_NOT_WEB: ['image'],
  INVALID_PASSWORD: ['current-password'],
  PASSWORD_TOO_SHORT: ['new-password'],
  PASSWORD_TOO_LONG: ['new-password'],
  PASSWORD_COMPROMISED: ['new-password'],
  PASSWORD_ALREADY_SET: ['new-password'],
};

/** Address, name, picture and password. */
export function profilePart(model: ProfileModel): Html {
  const { takesProfile, password } = model;
  return html`
    ${emailPart(model)} ${takesProfile && profileForm(model)} ${password === 'change' && passwordForm(model)}
    ${password === 'set' && firstPasswordForm(model)}
  `;
}

function emailPart({ user, changeEmailUrl, canVerify, formTo }: ProfileModel): Html {
  const send = html`<button id="verify-email" class="small">${text('account.verifyEmail')}</button>`;
  return html`<dl>
      <dt>${text('account.email')}</dt>
      <dd><bdi>${user.email}</bdi></dd>
    </dl>
    ${canVerify && html`<p class="warning">${text('account.notVerified')}</p>`}
    ${canVerify && formTo('/account/verify-email', send)}
    ${
      changeEmailUrl !== null &&
      html`<p><a id="change-email" href="${changeEmailUrl}">${text('account.changeEmail')}</a></p>`
    }`;
}

function profileForm({ user, formTo, failure, entered }: ProfileModel): Html {
  return formTo(
    '/account/profile',
    html` ${field({
        id: 'name',
        label: text('signIn.name'),
        fault: faultOf('name', failure, PROFILE_FAULTS),
        attributes: html`type="text" autocomplete="name" maxlength="255" value="${entered?.name ?? user.name}" required`,
      })}
      ${field({
        id: 'image',
        label: text('account.picture'),
        hint: text('account.pictureRule'),
        fault: faultOf('image', failure, PROFILE_FAULTS),
        attributes: html`type="url" autocomplete="photo" maxlength="2048" dir="ltr"
        value="${entered?.image ?? user.image ?? ''}"`,
      })}
      <button id="save" class="small">${text('account.save')}</button>`,
  );
}

function passwordForm(model: ProfileModel): Html {
  const { formTo, failure } = model;
  return html`<h2>${text('account.changePassword')}</h2>
    ${formTo(
      '/account/password',
      html` ${field({
          id: 'current-password',
          name: 'currentPassword',
          label: text('account.currentPassword'),
          fault: faultOf('current-password', failure, PROFILE_FAULTS),
          attributes: html`type="password" autocomplete="current-password" maxlength="1024" required`,
        })}
        ${newPasswordField(model)}
        <label class="choice"
          ><input type="checkbox" name="endOthers" value="true" checked /> ${text('account.endOthersToo')}</label
        >
        <button id="change-password" class="small">${text('account.changePassword')}</button>`,
    )}`;
}

/** For those who sign in elsewhere. */
function firstPasswordForm(model: ProfileModel): Html {
  const button = html`<button id="set-password" class="small">${text('account.setPassword')}</button>`;
  return html`<h2>${text('account.setPassword')}</h2>
    <p>${text('account.setPasswordAbout')}</p>
    ${model.formTo('/account/first-password', html`${newPasswordField(model)} ${button}`)}`;
}

function newPasswordField({ failure, minPasswordLength }: ProfileModel): Html {
  return field({
    id: 'new-password',
    name: 'newPassword',
    label: text('account.newPassword'),
    hint: text('signIn.passwordRule', { count: minPasswordLength }),
    fault: faultOf('new-password', failure, PROFILE_FAULTS),
    attributes: html`type="password" autocomplete="new-password" maxlength="1024" required`,
  });
}
