import type { Client } from '../../common/host/authorization-server.js';
import { html, type Html } from '../../common/html.js';
import type { Granted } from './consent.store.js';

export interface ConsentPageModel {
  readonly action: string;
  readonly handle: string;
  readonly client: Client;
  readonly userName: Html;
  readonly asked: Granted;
  /** Where the client may go with it without having named it (RFC 8707 2.2). */
  readonly reachable: readonly string[];
  /** What the user has granted before; null: nothing. */
  readonly granted: Granted | null;
}

/** What the scopes of OpenID Connect mean to a user (Core 5.4, 11). */
const MEANINGS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    openid: 'Know who you are',
    profile: 'See your profile: name, picture and the like',
    email: 'See your e-mail address',
    address: 'See your postal address',
    phone: 'See your phone number',
    offline_access: 'Keep access while you are away',
  }),
);

/** The question of consent; what is new since the last answer is marked. */
export function consentPage(model: ConsentPageModel): Html {
  const { client, asked, granted } = model;
  const known = new Set([...(granted?.scopes ?? []), ...(granted?.claims ?? []), ...(granted?.resources ?? [])]);
  const isNothing = asked.scopes.length + asked.claims.length + asked.resources.length === 0;
  const isNew = (one: string) => granted !== null && !known.has(one);
  return html`
    ${client.logoUri && html`<img class="logo" src="${client.logoUri}" alt="" referrerpolicy="no-referrer" />`}
    <p><strong>${client.name}</strong> asks for access to your account ${model.userName}.</p>
    ${!client.isVerified && html`<p class="note" id="unverified">Nobody has checked who is behind this name.</p>`}
    <h2>It will be able to</h2>
    <ul>
      ${asked.scopes.map((scope) => item(MEANINGS.get(scope) ?? html`Use <code>${scope}</code>`, isNew(scope)))}
      ${asked.claims.map((claim) => item(html`See <code>${claim}</code>`, isNew(claim)))}
      ${isNothing && item('Recognise you, and nothing else', false)}
      ${asked.resources.map((resource) => item(html`Act for you at <code>${resource}</code>`, isNew(resource)))}
    </ul>
    ${
      model.reachable.length > 0 &&
      html`<p class="soft" id="reachable">
        It may use this here, and at
        ${model.reachable.map((one, index) => html`${index > 0 && ', '}<code>${one}</code>`)}.
      </p>`
    }
    <form method="post" action="${model.action}">
      <input type="hidden" name="consent_code" value="${model.handle}" />
      <div class="row">
        <button id="allow" type="submit" name="accept" value="true">Allow</button>
        <button id="deny" class="plain" type="submit" name="accept" value="false">Deny</button>
      </div>
    </form>
    ${linksOf(client)}
  `;
}

/** Registration takes web addresses alone, but nobody checks those of the options, and `javascript:` would run as ours. */
function linksOf({ name, uri, policyUri, tosUri }: Client): Html {
  const links = [
    [uri, `Web site of ${name}`],
    [policyUri, `Privacy policy of ${name}`],
    [tosUri, `Terms of service of ${name}`],
  ] as const;
  return html`<ul class="soft">
    ${links.map(([address, text]) => isWeb(address) && html`<li><a href="${address}" rel="noopener noreferrer">${text}</a></li>`)}
  </ul>`;
}

function isWeb(address: string | null): boolean {
  return address !== null && /^https?:\/\//i.test(address);
}

function item(text: Html | string, isNew: boolean): Html {
  return html`<li>${text}${isNew && html` <strong class="new">new</strong>`}</li>`;
}
