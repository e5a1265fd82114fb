import { html, type Html, type HtmlValue } from '../../common/html.js';
import type { RevealedSecret } from '../../common/http/areas/secret-reveal.js';
import { field } from '../../common/http/pages/field.js';
import { scopeWords } from '../../common/http/pages/permission-list.js';
import { picture } from '../../common/http/pages/pictures.js';
import type { ScopeTexts } from '../../common/ports/authorization-server.js';
import { text } from '../../common/texts/text.js';
import { ago, day, lasting } from '../../common/texts/time.js';
import type { ConfigurationSettings } from '../api-keys.settings.js';
import type { UsageDay } from '../keys/api-key-usage.store.js';
import type { ApiKeyView } from '../keys/api-key.view.js';
import { lifetimesOf } from './key-form.js';
import type { ShownOwner } from './key-owners.js';
import { usagePicture } from './usage-picture.js';

/** Names the secret of a key that this user has just made. */
export function revealed({ id }: Pick<ApiKeyView, 'id'>, subjectId: string): RevealedSecret {
  return { of: `api-key:${id}`, subjectId };
}

/** A key in the list. */
export interface ShownKey {
  readonly key: ApiKeyView;
  readonly days: readonly UsageDay[];
  readonly url: string;
}

/** The keys of one owner. */
export function keyList(keys: readonly ShownKey[], newUrl: string): Html {
  const add = html`<p><a id="new-key" class="button small" href="${newUrl}">${text('keys.new')}</a></p>`;
  if (keys.length === 0)
    return html`${picture('empty')}
      <p id="none">${text('keys.none')}</p>
      ${add}`;
  return html`${add}
    <ul class="cards">
      ${keys.map(
        ({ key, days, url }) =>
          html`<li>
            <h2><a href="${url}">${nameOf(key)}</a> ${stateTag(key)}</h2>
            <p><code>${key.start}…</code></p>
            ${keyFacts(key)} ${usagePicture(days)}
          </li>`,
      )}
    </ul>`;
}

export function nameOf({ name }: ApiKeyView): HtmlValue {
  return name ? html`<bdi>${name}</bdi>` : text('keys.unnamed');
}

/** What a key may not do any more, in a word. */
export function stateTag({ revokedAt, expiresAt, enabled, rotatedTo }: ApiKeyView): Html | false {
  const isOver = expiresAt !== null && expiresAt.getTime() <= Date.now();
  const state = revokedAt ? 'keys.revoked' : isOver ? 'keys.expired' : enabled ? null : 'keys.disabled';
  if (state) return html`<span class="tag">${text(state)}</span>`;
  return rotatedTo !== null && html`<span class="tag">${text('keys.replaced')}</span>`;
}

export function keyFacts(key: ApiKeyView): Html {
  return html`<dl>
    <dt>${text('keys.lastUsed')}</dt>
    <dd>${key.lastRequest ? ago(key.lastRequest) : text('keys.never')}</dd>
    <dt>${text('keys.expires')}</dt>
    <dd>${key.expiresAt ? day(key.expiresAt) : text('keys.never')}</dd>
    ${
      key.remaining !== null &&
      html`<dt>${text('keys.left')}</dt>
        <dd>${text('keys.requests', { count: key.remaining })}</dd>`
    }
  </dl>`;
}

export interface NewKeyModel {
  readonly action: string;
  readonly configuration: ConfigurationSettings;
  readonly owner: ShownOwner;
  readonly scopeTexts: ScopeTexts;
  readonly name: string;
  /** Why the name was refused. */
  readonly fault: HtmlValue | undefined;
}

/** Asks for a name, a lifetime and, within the ceiling of the configuration, for what the key may do. */
export function newKeyForm({ action, configuration, owner, scopeTexts, name, fault }: NewKeyModel): Html {
  const lifetimes = lifetimesOf(configuration);
  const chosen = lifetimes.includes(90) ? 90 : lifetimes[0];
  return html`<form method="post" action="${action}">
    <input type="hidden" name="configuration" value="${configuration.configId}" />
    <input type="hidden" name="owner" value="${owner.handle}" />
    ${field({
      id: 'name',
      label: text('keys.name'),
      hint: text('keys.nameHint'),
      fault,
      attributes: html`type="text" maxlength="255" autocomplete="off"
      value="${name}"${configuration.requireName && html` required`} autofocus`,
    })}
    <label for="lifetime">${text('keys.expires')}</label>
    <select id="lifetime" name="lifetime">
      ${lifetimes.map((days) => html`<option value="${days}" ${days === chosen && html` selected`}>${days === 0 ? text('keys.never') : lasting(days * 86_400)}</option>`)}
    </select>
    ${choices(
      'scope',
      text('keys.scopes'),
      (configuration.maxScopes ?? []).map((scope) => [scope, scopeWords(scope, scopeTexts)]),
    )}
    ${choices(
      'permission',
      text('keys.permissions'),
      Object.entries(configuration.maxPermissions ?? {}).flatMap(([resource, actions]) =>
        actions.map((one): [string, HtmlValue] => [`${resource}:${one}`, html`<code>${resource}: ${one}</code>`]),
      ),
    )}
    <button id="create">${text('keys.create')}</button>
  </form>`;
}

function choices(name: string, legend: HtmlValue, offered: readonly (readonly [string, HtmlValue])[]): Html | false {
  return (
    offered.length > 0 &&
    html`<fieldset>
      <legend>${legend}</legend>
      ${offered.map(([value, words]) => html`<label class="choice"><input type="checkbox" name="${name}" value="${value}" /> ${words}</label>`)}
    </fieldset>`
  );
}
