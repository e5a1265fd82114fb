import type { AuthError } from '../../common/errors/auth-error.js';
import { html, type Html } from '../../common/html.js';
import { faultOf, field, type FieldsOfFaults } from '../../common/http/pages/field.js';
import { deviceName } from '../../common/texts/device-name.js';
import { text, type Text } from '../../common/texts/text.js';
import { ago, day } from '../../common/texts/time.js';
import type { TrustedDeviceRow } from '../trust/trusted-devices.js';
import { appPart, backupCodesPart, codeField, type CodeFailure } from './code-forms.js';
import type { NewFactor } from './new-factors.js';

export interface FactorModel {
  /** Makes a form. @param path of the route that takes it */
  readonly formTo: (path: string, content: Html) => Html;
  readonly hasPassword: boolean;
  readonly isOn: boolean;
  readonly hasApp: boolean;
  readonly mailCodes: boolean;
  /** Users may choose codes by mail. */
  readonly offersMail: boolean;
  /** Where the user verifies their address, which codes by mail need; null: it is verified. */
  readonly verifyUrl: string | null;
  readonly mayRemove: boolean;
  readonly enabledAt: Date | null;
  readonly codesLeft: number;
  readonly made: NewFactor | null;
  readonly uriOf: (secret: string) => string;
  readonly pictureOf: (uri: string) => Html | null;
  readonly devices: readonly (TrustedDeviceRow & { readonly isCurrent: boolean })[];
  /** What the form with a password was refused for, by the part of the page that it is in. */
  readonly refused: { readonly part: string; readonly error: AuthError } | null;
  readonly failure: CodeFailure | null;
}

export const FACTOR_PATH = '/account/two-factor';
const FAULTS: FieldsOfFaults = { INVALID_PASSWORD: ['password'] };

/** What a user sees of their second factor. */
export function factorPart(model: FactorModel): Html {
  const { made, isOn } = model;
  if (made?.secret !== undefined) return setUpPart(model, made.secret, made.backupCodes);
  return html`<p>${text('factor.about')}</p>
    ${made && backupCodesPart(made.backupCodes)} ${isOn && statePart(model)} ${appFormPart(model)}
    ${mailFormPart(model)} ${isOn && codesFormPart(model)} ${isOn && model.mayRemove && removeFormPart(model)}
    ${devicesPart(model)}`;
}

function setUpPart(model: FactorModel, secret: string, codes: readonly string[]): Html {
  const { formTo, failure, uriOf, pictureOf } = model;
  const uri = uriOf(secret);
  return html`${appPart(secret, uri, pictureOf(uri))} ${codes.length > 0 && backupCodesPart(codes)}
  ${formTo(
    `${FACTOR_PATH}/confirm`,
    html`${codeField('setup', text('challenge.appCode'), failure, { hint: text('factor.confirm') })}
      <button id="confirm">${text('factor.confirmButton')}</button>`,
  )}`;
}

function statePart({ enabledAt, hasApp, mailCodes, codesLeft }: FactorModel): Html {
  return html`<dl id="is-on">
    ${
      enabledAt &&
      html`<dt>${text('factor.since')}</dt>
        <dd>${day(enabledAt)}</dd>`
    }
    <dt>${text('factor.by')}</dt>
    <dd>${hasApp && html`<p>${text('factor.app')}</p>`} ${mailCodes && html`<p>${text('factor.mail')}</p>`}</dd>
    <dt>${text('factor.codesLeft')}</dt>
    <dd id="codes-left">${codesLeft}</dd>
  </dl>`;
}

/** The first app stands open, since it is what the page is for; what is seldom wanted is folded. */
function appFormPart(model: FactorModel): Html {
  const { hasApp, isOn } = model;
  const title = text(hasApp ? 'factor.replace' : 'factor.setUp');
  const form = model.formTo(
    `${FACTOR_PATH}/set-up`,
    html`<input type="hidden" name="method" value="totp" />
      ${passwordField(model, 'app')}
      <button id="set-up" class="${isOn && 'plain '}small">${title}</button>`,
  );
  if (!isOn)
    return html`<h2>${title}</h2>
      ${form}`;
  return foldedPart(model, 'app', title, hasApp && text('factor.replaceAbout'), form);
}

function mailFormPart(model: FactorModel): Html | false {
  if (!model.offersMail || model.mailCodes) return false;
  const form = model.verifyUrl === null ? mailForm(model) : unverifiedPart(model.verifyUrl);
  return foldedPart(model, 'mail', text('factor.chooseMail'), text('factor.mailAbout'), form);
}

function unverifiedPart(url: string): Html {
  return html`<div class="warning">
    <p>${text('account.notVerified')}</p>
    <p><a id="verify" href="${url}">${text('account.profile')}</a></p>
  </div>`;
}

function mailForm(model: FactorModel): Html {
  return model.formTo(
    `${FACTOR_PATH}/set-up`,
    html`<input type="hidden" name="method" value="otp" />
      ${passwordField(model, 'mail')}
      <button id="choose-mail" class="plain small">${text('factor.chooseMail')}</button>`,
  );
}

function codesFormPart(model: FactorModel): Html {
  const form = model.formTo(
    `${FACTOR_PATH}/backup-codes`,
    html`${passwordField(model, 'codes')}
      <button id="new-codes" class="plain small">${text('factor.newCodes')}</button>`,
  );
  return foldedPart(model, 'codes', text('factor.newCodes'), text('factor.newCodesAbout'), form);
}

function removeFormPart(model: FactorModel): Html {
  const form = model.formTo(
    `${FACTOR_PATH}/remove`,
    html`${passwordField(model, 'remove')} <button id="remove" class="bad small">${text('factor.remove')}</button>`,
  );
  return foldedPart(model, 'remove', text('factor.remove'), text('factor.removeAbout'), form);
}

function foldedPart({ refused }: FactorModel, part: string, title: Text, about: Text | false, form: Html): Html {
  return html`<details id="part-${part}" ${refused?.part === part && html`open`}>
    <summary>${title}</summary>
    ${about && html`<p class="soft">${about}</p>`} ${form}
  </details>`;
}

function passwordField({ hasPassword, refused }: FactorModel, part: string): Html | false {
  return (
    hasPassword &&
    field({
      id: `password-${part}`,
      name: 'password',
      label: text('signIn.password'),
      hint: text('factor.passwordRule'),
      fault: refused?.part === part ? faultOf('password', refused.error, FAULTS) : undefined,
      attributes: html`type="password" autocomplete="current-password" maxlength="1024" required`,
    })
  );
}

function devicesPart({ devices, formTo }: FactorModel): Html | false {
  return (
    devices.length > 0 &&
    html`<h2>${text('trusted.title')}</h2>
      <p class="soft">${text('trusted.about')}</p>
      <ul class="cards">
        ${devices.map(
          (device) =>
            html`<li>
              <h3>
                <bdi>${deviceName(device.user_agent) ?? text('sessions.unknownDevice')}</bdi>
                ${device.isCurrent && html`<span class="tag">${text('trusted.this')}</span>`}
              </h3>
              <dl>
                <dt>${text('trusted.lastUsed')}</dt>
                <dd>${ago(device.last_used_at)}</dd>
                <dt>${text('trusted.until')}</dt>
                <dd>${day(device.expires_at)}</dd>
              </dl>
              ${formTo(
                `${FACTOR_PATH}/forget-device`,
                html`<input type="hidden" name="device" value="${device.id}" />
                  <button class="bad small">${text('trusted.forget')}</button>`,
              )}
            </li>`,
        )}
      </ul>`
  );
}
