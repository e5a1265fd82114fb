import { html, type Html, type HtmlValue } from '../../html.js';
import type { ScopeTexts, ShownDetail } from '../../ports/authorization-server.js';
import { hostText } from '../../texts/host-text.js';
import type { TextKey } from '../../texts/languages/en/index.js';
import { text } from '../../texts/text.js';

/** Permissions that a client has or asks for. */
export interface Permissions {
  readonly scopes: readonly string[];
  /** Claims asked for by name (OIDC Core 5.5). */
  readonly claims?: readonly string[];
  /** APIs (RFC 8707). */
  readonly resources: readonly string[];
  /** What is asked for beyond scopes (RFC 9396), with the host's texts of their types. */
  readonly details?: readonly ShownDetail[];
}

/** What OpenID Connect's scopes mean to a user (Core 5.4, 11), and under which heading they stand. */
const STANDARD = new Map<string, Group>([
  ['openid', 'you'],
  ['profile', 'you'],
  ['email', 'you'],
  ['address', 'you'],
  ['phone', 'you'],
  ['offline_access', 'access'],
]);
type Group = 'you' | 'data' | 'access';

interface Permission {
  readonly group: Group;
  readonly name: string;
  readonly words: HtmlValue;
}

/**
 * Lists what a client will be able to do, under a heading each: about the user, their data, and access.
 * @param texts the host's texts of scopes
 * @param names of resources, by their identifiers
 * @param isNew whether to mark a permission as new since the user's last consent
 */
export function permissionList(
  { scopes, claims = [], resources, details = [] }: Permissions,
  texts: ScopeTexts = new Map(),
  names: ReadonlyMap<string, string> = new Map(),
  isNew: (permission: string) => boolean = () => false,
): Html {
  const all = permissionsOf({ scopes, claims, resources, details }, texts, names);
  const groups = (['you', 'data', 'access'] as const satisfies readonly Group[])
    .map((group) => ({ group, items: all.filter((one) => one.group === group) }))
    .filter(({ items }) => items.length > 0);
  return html`<h2>${text('permissions.title')}</h2>
    ${
      groups.length === 0 &&
      html`<ul>
        <li>${text('permissions.nothing')}</li>
      </ul>`
    }
    ${groups.map(
      ({ group, items }) =>
        html`${groups.length > 1 && html`<h3>${text(`permissions.${group}`)}</h3>`}
          <ul>
            ${items.map(({ name, words }) => item(words, isNew(name)))}
          </ul>`,
    )}`;
}

/** What a client can do, in words, without headings. */
export function permissionWords(
  permissions: Permissions,
  texts: ScopeTexts,
  names: ReadonlyMap<string, string>,
): HtmlValue[] {
  return permissionsOf(permissions, texts, names).map(({ words }) => words);
}

function permissionsOf(
  { scopes, claims = [], resources, details = [] }: Permissions,
  texts: ScopeTexts,
  names: ReadonlyMap<string, string>,
): Permission[] {
  return [
    ...scopes.map((name) => ({ group: STANDARD.get(name) ?? 'data', name, words: scopeWords(name, texts) })),
    // Each is new, whatever was agreed to before.
    ...details.map((one) => ({ group: 'data' as const, name: '', words: detailWords(one) })),
    ...claims.map((name) => ({ group: 'you' as const, name, words: text('permissions.claim', { claim: code(name) }) })),
    ...resources.map((name) => ({
      group: 'access' as const,
      name,
      words: text('permissions.resource', { resource: resourceWords(name, names) }),
    })),
  ];
}

/** What a scope lets a client do, in words. */
export function scopeWords(scope: string, texts: ScopeTexts): HtmlValue {
  const own = texts.get(scope);
  if (own)
    return html`${hostText(own.title)}${own.description !== undefined && html`<br /><span class="soft">${hostText(own.description)}</span>`}`;
  if (STANDARD.has(scope)) return text(`scope.${scope}` as TextKey);
  return text('permissions.scope', { scope: code(scope) });
}

/** Its name, beside the address: that tells one resource from another of the same name. */
export function resourceWords(resource: string, names: ReadonlyMap<string, string>): Html {
  const name = names.get(resource);
  return name === undefined ? code(resource) : html`<bdi>${name}</bdi> (${code(resource)})`;
}

/** The title of its type, and its members as they are: what a client writes there is shown, and never read as HTML. */
function detailWords({ detail, title }: ShownDetail): Html {
  const { type: _type, ...members } = detail;
  return html`${hostText(title)}
    <ul class="soft">
      ${Object.entries(members).map(([name, value]) => html`<li><bdi>${name}</bdi>: <bdi>${shownValue(value)}</bdi></li>`)}
    </ul>`;
}

function shownValue(value: unknown): string {
  if (typeof value === 'string') return value;
  const isTexts = Array.isArray(value) && value.every((one) => typeof one === 'string');
  return isTexts ? value.join(', ') : JSON.stringify(value);
}

function code(name: string): Html {
  return html`<code>${name}</code>`;
}

function item(words: HtmlValue, isNew: boolean): Html {
  return html`<li>${words}${isNew && html` <strong class="new">${text('consent.new')}</strong>`}</li>`;
}
