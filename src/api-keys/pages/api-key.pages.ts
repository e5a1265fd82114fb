import { html, type Html, type HtmlValue } from '../../common/html.js';
import type { RevealedSecret } from '../../common/http/areas/secret-reveal.js';
import { picture } from '../../common/http/pages/pictures.js';
import { text } from '../../common/texts/text.js';
import { ago, ending } from '../../common/texts/time.js';
import type { UsageDay } from '../keys/api-key-usage.store.js';
import type { ApiKeyView } from '../keys/api-key.view.js';
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

/** The keys of one owner. @param newUrl of the form that makes one; null: there are no keys that they could have */
export function keyList(keys: readonly ShownKey[], newUrl: string | null): Html {
  const add =
    newUrl !== null && html`<p><a id="new-key" class="button small" href="${newUrl}">${text('keys.new')}</a></p>`;
  if (keys.length === 0)
    return html`${picture('empty')}
      <p id="none">${text('keys.none')}</p>
      ${add}`;
  return html`<p>${text('keys.about')}</p>
    ${add}
    <ul class="cards">
      ${keys.map(
        ({ key, days, url }) =>
          html`<li>
            <h2><a href="${url}">${nameOf(key)}</a> ${stateTag(key)}</h2>
            ${keyFacts(key)} ${usagePicture(days)}
          </li>`,
      )}
    </ul>`;
}

/** Keys that were delegated from one; nothing where there are none. */
export function delegatedList(keys: readonly Omit<ShownKey, 'days'>[]): Html | false {
  return (
    keys.length > 0 &&
    html`<h2>${text('keys.delegated')}</h2>
      <p>${text('keys.delegatedAbout')}</p>
      <ul class="cards" id="delegated">
        ${keys.map(
          ({ key, url }) =>
            html`<li>
              <h3><a href="${url}">${nameOf(key)}</a></h3>
              ${keyFacts(key)}
            </li>`,
        )}
      </ul>`
  );
}

export function nameOf({ name }: ApiKeyView): HtmlValue {
  return name ? html`<bdi>${name}</bdi>` : text('keys.unnamed');
}

/** What a key may not do any more, in a word. */
export function stateTag(key: ApiKeyView): Html | false {
  const { revokedAt, enabled, rotatedTo } = key;
  const state = revokedAt ? 'keys.revoked' : isOver(key) ? 'keys.expired' : enabled ? null : 'keys.disabled';
  if (state) return html`<span class="tag">${text(state)}</span>`;
  return rotatedTo !== null && html`<span class="tag">${text('keys.replaced')}</span>`;
}

/** Whether requests with the key may still be let in. */
export function isUsable(key: ApiKeyView): boolean {
  return key.revokedAt === null && !isOver(key);
}

export function keyFacts(key: ApiKeyView): Html {
  const { start, lastRequest, expiresAt, remaining, agent, delegatedFrom } = key;
  return html`<dl>
    ${
      agent &&
      html`<dt>${text('keys.agent')}</dt>
        <dd><bdi>${agent.name}</bdi></dd>`
    }
    <dt>${text('keys.start')}</dt>
    <dd><code dir="ltr">${start}…</code></dd>
    <dt>${text('keys.lastUsed')}</dt>
    <dd>${lastRequest ? ago(lastRequest) : text('keys.notUsed')}</dd>
    <dt>${text('keys.expires')}</dt>
    <dd>${expiresAt ? ending(expiresAt) : text('keys.never')}</dd>
    ${
      remaining !== null &&
      // It spends that of another key.
      delegatedFrom === null &&
      html`<dt>${text('keys.left')}</dt>
        <dd>${text('keys.requests', { count: remaining })}</dd>`
    }
  </dl>`;
}

/** What the key may do; nothing for a key whose permissions nobody asks for. */
export function keyPermissions({ scopes, permissions }: ApiKeyView): Html | false {
  const named = Object.entries(permissions ?? {}).map(([resource, actions]) => `${resource}: ${actions.join(', ')}`);
  const may = [...scopes, ...named];
  return (
    may.length > 0 &&
    html`<h2>${text('keys.may')}</h2>
      <ul id="may">
        ${may.map((one) => html`<li><code>${one}</code></li>`)}
      </ul>`
  );
}

function isOver({ expiresAt }: ApiKeyView): boolean {
  return expiresAt !== null && expiresAt.getTime() <= Date.now();
}
