import { html, type Html } from '../../common/html.js';
import type { AccountArea, AccountVisitor } from '../../common/http/areas/account-area.js';
import { field } from '../../common/http/pages/field.js';
import { text } from '../../common/texts/text.js';
import { ago, day } from '../../common/texts/time.js';
import type { PasskeyView } from '../keys/passkey.view.js';
import { passkeyForm } from './passkey-forms.js';
import { PASSKEY_SCRIPT } from './passkey.script.js';

export interface PasskeysPageModel {
  readonly area: AccountArea;
  readonly visitor: AccountVisitor;
  readonly passkeys: readonly PasskeyView[];
  /** False: one of them is the only way to sign in. */
  readonly canRemove: boolean;
  readonly optionsUrl: string;
  /** Where a second factor is shown before a passkey is added; null: it was shown, or none is needed. */
  readonly stepUpUrl: string | null;
}

export function passkeysPage(model: PasskeysPageModel) {
  const { passkeys } = model;
  return {
    title: text('account.passkeys'),
    script: PASSKEY_SCRIPT,
    body: html`<p>${text('passkeys.about')}</p>
      ${
        passkeys.length > 0
          ? html`<ul class="cards">
              ${passkeys.map((one) => card(one, model))}
            </ul>`
          : html`<p class="soft">${text('passkeys.none')}</p>`
      }
      <h2>${text('passkeys.add')}</h2>
      ${model.stepUpUrl === null ? addForm(model) : html`<p><a id="step-up" class="button" href="${model.stepUpUrl}">${text('passkeys.add')}</a></p>`}`,
  };
}

function addForm({ area, visitor, optionsUrl }: PasskeysPageModel): Html {
  return passkeyForm({
    ceremony: 'create',
    action: area.actionOf('/account/passkeys/add'),
    optionsUrl,
    fields: html`<input type="hidden" name="shownTo" value="${visitor.user.id}" />${field({
        id: 'name',
        label: text('passkeys.name'),
        hint: text('passkeys.nameRule'),
        attributes: html`type="text" maxlength="100" autocomplete="off"`,
      })}`,
    button: html`<button id="add-passkey">${text('passkeys.add')}</button>`,
    without: text('passkeys.addWithout'),
  });
}

function card(passkey: PasskeyView, { area, visitor, canRemove }: PasskeysPageModel): Html {
  const { id, name, createdAt, lastUsedAt, deviceType } = passkey;
  const hidden = html`<input type="hidden" name="passkey" value="${id}" />`;
  return html`<li>
    <h2>${name === null ? text('passkeys.unnamed') : html`<bdi>${name}</bdi>`}</h2>
    <dl>
      <dt>${text('passkeys.since')}</dt>
      <dd>${day(createdAt)}</dd>
      <dt>${text('passkeys.lastUsed')}</dt>
      <dd>${lastUsedAt === null ? text('passkeys.never') : ago(lastUsedAt)}</dd>
      <dt>${text('passkeys.kept')}</dt>
      <dd>${text(deviceType === 'multiDevice' ? 'passkeys.keptShared' : 'passkeys.keptHere')}</dd>
    </dl>
    <details>
      <summary>${text('passkeys.rename')}</summary>
      ${area.form(
        '/account/passkeys/rename',
        visitor,
        html`${hidden}${field({
            id: `name-${id}`,
            name: 'name',
            label: text('passkeys.name'),
            attributes: html`type="text" maxlength="100" autocomplete="off" value="${name ?? ''}" required`,
          })}<button class="plain small">${text('account.save')}</button>`,
      )}
    </details>
    ${
      canRemove
        ? area.form(
            '/account/passkeys/delete',
            visitor,
            html`${hidden}<button class="bad small">${text('passkeys.remove')}</button>`,
          )
        : html`<p class="soft">${text('linked.only')}</p>`
    }
  </li>`;
}
