import { html, type Html, type HtmlValue } from '../../common/html.js';
import { agentLine, clientCard, clientLinks, clientName } from '../../common/http/pages/client-card.js';
import { permissionList, resourceWords } from '../../common/http/pages/permission-list.js';
import { isLoopbackHost } from '../../common/loopback-host.js';
import type { ScopeTexts, ShownDetail } from '../../common/ports/authorization-server.js';
import { text } from '../../common/texts/text.js';
import { isLoopbackRedirect } from '../clients/metadata/address-rules.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import type { Granted } from './consent.store.js';

export interface ConsentPageModel {
  readonly action: string;
  readonly handle: string;
  readonly client: RegisteredClient;
  readonly userName: string;
  /** Where the user signs in as somebody else. */
  readonly anotherAccountUrl: string;
  /** Where users withdraw consents; null: nowhere. */
  readonly applicationsUrl: string | null;
  /** Where the answer goes. */
  readonly redirectUri: string;
  readonly asked: Granted;
  /** What is asked for beyond scopes (RFC 9396). */
  readonly details: readonly ShownDetail[];
  /** Resources that accept the token although the client has not named them (RFC 8707 2.2). */
  readonly reachable: readonly string[];
  /** What the user has granted before; null: nothing. */
  readonly granted: Granted | null;
  readonly scopeTexts: ScopeTexts;
  readonly resourceNames: ReadonlyMap<string, string>;
}

/** Asks for consent; what is new since the last consent is marked. */
export function consentPage(model: ConsentPageModel): Html {
  const { client, asked, granted, scopeTexts, resourceNames, userName, reachable, redirectUri } = model;
  const known = new Set([...(granted?.scopes ?? []), ...(granted?.claims ?? []), ...(granted?.resources ?? [])]);
  const another = html`<a id="another" href="${model.anotherAccountUrl}">${text('consent.another')}</a>`;
  return html`
    ${clientCard(client, html`${clientName(client)}<br /><span class="soft" id="redirect">${text('consent.redirect', { place: placeOf(redirectUri) })}</span>`)}
    ${isOnlyHere(client) && html`<p class="warning" id="only-here">${text('consent.onlyHere')}</p>`}
    ${agentLine(client)}
    <p class="soft who" id="signed-in-as">
      ${text('consent.signedInAs', { account: html`<strong><bdi>${userName}</bdi></strong>`, link: another })}
    </p>
    ${permissionList({ ...asked, details: model.details }, scopeTexts, resourceNames, (one) => granted !== null && !known.has(one))}
    ${
      reachable.length > 0 &&
      html`<p class="soft" id="reachable">
        ${text('consent.reachable', { places: html`${reachable.map((one, index) => html`${index > 0 && ', '}${resourceWords(one, resourceNames)}`)}` })}
      </p>`
    }
    <form method="post" action="${model.action}">
      <input type="hidden" name="request" value="${model.handle}" />
      <div class="row">
        <button id="allow" type="submit" name="accept" value="true">${text('consent.allow')}</button>
        <button id="deny" class="plain" type="submit" name="accept" value="false">${text('consent.deny')}</button>
      </div>
    </form>
    ${model.applicationsUrl !== null && html`<p class="soft">${takenBackIn(model.applicationsUrl)}</p>`}
    ${clientLinks(client)}
  `;
}

function takenBackIn(url: string): HtmlValue {
  return text('consent.takeBack', { link: html`<a href="${url}">${text('consent.connectedApplications')}</a>` });
}

/** Whether it is known by its document alone, and only ever comes back to this computer: then any program here can say that it is this client. */
function isOnlyHere({ host, metadata }: RegisteredClient): boolean {
  return host !== null && metadata.redirect_uris.every(isLoopbackRedirect);
}

/** The host, which a client cannot make up: it is what tells an honest name from a false one (F36). */
function placeOf(redirectUri: string): HtmlValue {
  const { protocol, host, hostname } = new URL(redirectUri);
  if (!/^https?:$/.test(protocol)) return text('consent.anApp', { place: shown(protocol) });
  return isLoopbackHost(hostname) ? text('consent.thisComputer', { place: shown(host) }) : shown(host);
}

function shown(place: string): Html {
  return html`<strong><bdi>${place}</bdi></strong>`;
}
