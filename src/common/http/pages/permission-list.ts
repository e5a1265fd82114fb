import { html, type Html } from '../../html.js';

/** Permissions that a client has or asks for. */
export interface Permissions {
  readonly scopes: readonly string[];
  /** Claims asked for by name (OIDC Core 5.5). */
  readonly claims?: readonly string[];
  /** APIs (RFC 8707). */
  readonly resources: readonly string[];
}

/** What OpenID Connect's scopes mean to a user (Core 5.4, 11). */
const MEANINGS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    openid: 'Know who you are',
    profile: 'See your profile: name, picture and the like',
    email: 'See your e-mail address',
    address: 'See your postal address',
    phone: 'See your phone number',
    offline_access: 'Keep access when you are signed out here',
  }),
);

/** Lists what a client will be able to do. @param isNew whether to mark a permission as new since the user's last consent */
export function permissionList(
  { scopes, claims = [], resources }: Permissions,
  isNew: (permission: string) => boolean = () => false,
): Html {
  const isNothing = scopes.length + claims.length + resources.length === 0;
  return html`<h2>It will be able to</h2>
    <ul>
      ${scopes.map((scope) => item(MEANINGS.get(scope) ?? html`Use <code>${scope}</code>`, isNew(scope)))}
      ${claims.map((claim) => item(html`See <code>${claim}</code>`, isNew(claim)))}
      ${isNothing && item('Recognise you, and nothing else', false)}
      ${resources.map((resource) => item(html`Act for you at <code>${resource}</code>`, isNew(resource)))}
    </ul>`;
}

function item(text: Html | string, isNew: boolean): Html {
  return html`<li>${text}${isNew && html` <strong class="new">new</strong>`}</li>`;
}
