import { randomBase62 } from '../../common/crypto.js';
import type { AuthError } from '../../common/errors/auth-error.js';
import { html, type Html, type HtmlValue } from '../../common/html.js';
import { faultOf, field, type FieldsOfFaults } from '../../common/http/pages/field.js';
import { faultWords } from '../../common/http/pages/fault-words.js';
import { scopeWords } from '../../common/http/pages/permission-list.js';
import type { ScopeTexts } from '../../common/ports/authorization-server.js';
import { text } from '../../common/texts/text.js';
import type { ConfigurationSettings } from '../api-keys.settings.js';
import { MAX_NAME_LENGTH } from '../keys/api-key.fields.js';
import { inDays } from './in-days.js';
import { lifetimesOf, type NewKeyFields } from './key-form.js';
import type { ShownOwner } from './key-owners.js';

const ORDER_LENGTH = 43;

/** Faults that the user can correct, by their field; that of the limit is about no field. */
export const NEW_KEY_FAULTS: FieldsOfFaults = {
  INVALID_NAME_LENGTH: ['name'],
  NAME_REQUIRED: ['name'],
  INVALID_NAME: ['name'],
  INVALID_AGENT: ['agent'],
  KEY_LIMIT_REACHED: [],
};

export interface NewKeyModel {
  readonly configuration: ConfigurationSettings;
  /** All kinds of keys that the owner can have, with the address of the form of each. */
  readonly kinds: readonly { readonly configId: string; readonly url: string }[];
  readonly owner: ShownOwner;
  /** Of the owner's keys. */
  readonly listUrl: string;
  readonly scopeTexts: ScopeTexts;
  /** What was entered before, if it was refused. */
  readonly entered: Pick<NewKeyFields, 'name' | 'agent' | 'lifetime' | 'scope' | 'permission'> | null;
  readonly failure: AuthError | null;
}

/** The field that names one showing of a form: sent twice, it makes one key. */
export function orderField(): Html {
  return html`<input type="hidden" name="order" value="${randomBase62(ORDER_LENGTH)}" />`;
}

/** Choice of the kind, above the form; nothing where there is one. */
export function kindChoice({ kinds, configuration }: NewKeyModel): Html | false {
  return (
    kinds.length > 1 &&
    html`<p id="kinds-title">${text('keys.kind')}</p>
      <ul class="links" id="kinds" aria-labelledby="kinds-title">
        ${kinds.map(
          ({ configId, url }) =>
            html`<li>
              <a href="${url}" ${configId === configuration.configId && html` aria-current="true"`}
                ><bdi>${configId}</bdi></a
              >
            </li>`,
        )}
      </ul>`
  );
}

/** Asks for a name, a lifetime and, within the ceiling of the configuration, for what the key may do. */
export function newKeyFields(model: NewKeyModel): Html {
  const { configuration, owner, entered, failure } = model;
  const isAboutNoField = failure !== null && NEW_KEY_FAULTS[failure.code]?.length === 0;
  return html`${isAboutNoField && html`<p id="error" class="error" role="alert">${faultWords(failure)}</p>`}
    ${orderField()}
    <input type="hidden" name="configuration" value="${configuration.configId}" />
    <input type="hidden" name="owner" value="${owner.handle}" />
    ${field({
      id: 'name',
      label: text('keys.name'),
      hint: text('keys.nameHint'),
      fault: faultOf('name', failure, NEW_KEY_FAULTS),
      attributes: html`type="text" maxlength="${MAX_NAME_LENGTH}" autocomplete="off"
      value="${entered?.name ?? ''}"${configuration.requireName && html` required`} autofocus`,
    })}
    ${field({
      id: 'agent',
      label: text('keys.agentName'),
      hint: text('keys.agentHint'),
      fault: faultOf('agent', failure, NEW_KEY_FAULTS),
      attributes: html`type="text" maxlength="${MAX_NAME_LENGTH}" autocomplete="off" value="${entered?.agent ?? ''}"`,
    })}
    ${lifetimeChoice(configuration, entered?.lifetime)} ${permissionChoice(model)}
    <div class="row">
      <button id="create">${text('keys.create')}</button>
      <a class="button plain" href="${model.listUrl}">${text('frame.cancel')}</a>
    </div>`;
}

function lifetimeChoice(configuration: ConfigurationSettings, entered: number | undefined): Html {
  const { all, first } = lifetimesOf(configuration);
  const chosen = entered ?? first;
  const option = (seconds: number) =>
    html`<option value="${seconds}" ${seconds === chosen && html` selected`}>
      ${seconds === 0 ? text('keys.never') : inDays(seconds)}
    </option>`;
  return html`<label for="lifetime">${text('keys.expiresAfter')}</label>
    <select id="lifetime" name="lifetime">
      ${all.map(option)}
    </select>`;
}

/** One list of scopes and permissions: to a user both say what the key may do. */
function permissionChoice({ configuration, scopeTexts, entered }: NewKeyModel): Html | false {
  const { maxScopes, maxPermissions } = configuration;
  const scopes = (maxScopes ?? []).map((scope) => box('scope', scope, scopeWords(scope, scopeTexts), entered?.scope));
  const permissions = Object.entries(maxPermissions ?? {}).flatMap(([resource, actions]) =>
    actions.map((action) => {
      const words = html`<code>${resource}: ${action}</code>`;
      return box('permission', `${resource}:${action}`, words, entered?.permission);
    }),
  );
  const boxes = [...scopes, ...permissions];
  return (
    boxes.length > 0 &&
    html`<fieldset id="permissions">
      <legend>${text('keys.permissions')}</legend>
      ${boxes}
    </fieldset>`
  );
}

function box(name: string, value: string, words: HtmlValue, checked: readonly string[] = []): Html {
  return html`<label class="choice"
    ><input type="checkbox" name="${name}" value="${value}" ${checked.includes(value) && html` checked`} />
    <span>${words}</span></label
  >`;
}
