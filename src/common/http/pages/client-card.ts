import { html, type Html, type HtmlValue } from '../../html.js';
import type { ShownClient } from '../../ports/authorization-server.js';
import { isDisplayName } from '../../display-name.js';
import { text, type Text } from '../../texts/text.js';

/** Longer names would push the question that they are a part of out of sight. */
const MAX_NAME_LENGTH = 60;

/** Who asks: the logo, a sentence that names the client, and a warning where anybody could have chosen the name and the logo (T093). */
export function clientCard(client: ShownClient, sentence: HtmlValue): Html {
  return html`<div class="client">
      ${clientMark(client)}
      <p>${sentence}</p>
    </div>
    ${!client.isVerified && html`<p class="warning" id="unverified">${text('client.unverified')}</p>`}`;
}

/** Where a user allows a client something: an agent acts without asking again. Of a client that nobody here vouches for, that it may. */
export function agentLine(client: ShownClient): Html | false {
  if (client.isAgent)
    return html`<p class="note" id="agent">${text('client.agent', { client: clientName(client) })}</p>`;
  return !client.isVerified && html`<p class="soft" id="acts-alone">${text('client.actsAlone')}</p>`;
}

/** A logo says more than a name, so only a verified client may show one (F36). */
export function clientMark(client: ShownClient): Html {
  if (client.isVerified && isWebAddress(client.logoUri))
    return html`<img class="logo" src="${client.logoUri}" alt="" referrerpolicy="no-referrer" />`;
  return html`<span class="initial" aria-hidden="true"
    ><bdi>${[...(client.host ?? shownName(client))][0]?.toLocaleUpperCase() ?? '?'}</bdi></span
  >`;
}

/** The client's name in a sentence; first the host of one that describes itself there: it is what such a client cannot make up. */
export function clientName(client: ShownClient): HtmlValue {
  const shown = shownName(client);
  if (client.host) {
    const host = html`<strong><bdi>${client.host}</bdi></strong>`;
    return shown === '' ? host : html`${host} (<bdi>${shown}</bdi>)`;
  }
  return shown === '' ? text('client.unnamed') : html`<strong><bdi>${shown}</bdi></strong>`;
}

/** As it may stand in the title of a window. */
export function plainClientName(client: ShownClient): string | Text {
  return client.host ?? (shownName(client) || text('client.unnamed'));
}

/** Links with more about a client. */
export function clientLinks(client: ShownClient): Html | false {
  const name = plainClientName(client);
  const links = [
    [client.uri, text('client.site', { client: name })],
    [client.policyUri, text('client.policy', { client: name })],
    [client.tosUri, text('client.terms', { client: name })],
  ] as const;
  const items = links.map(
    ([address, words]) =>
      isWebAddress(address) && html`<li><a href="${address}" rel="noopener noreferrer">${words}</a></li>`,
  );
  return (
    items.some(Boolean) &&
    html`<ul class="soft">
      ${items}
    </ul>`
  );
}

/** An address that someone else has written becomes a link only when it is http(s): `javascript:` would run on our page. */
export function isWebAddress(address: string | null | undefined): address is string {
  return /^https?:\/\//i.test(address ?? '') && URL.canParse(address!);
}

/** A name that others have chosen: on one line, cut, and without what cannot be seen or would turn the line around. */
function shownName({ name, clientId }: ShownClient): string {
  // A client without a name has its id for one, which says nothing to a person.
  if (name === clientId) return '';
  const seen = isDisplayName(name) ? name : name.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ');
  const characters = [...seen.replaceAll(/\s+/g, ' ').trim()];
  return characters.length > MAX_NAME_LENGTH
    ? `${characters.slice(0, MAX_NAME_LENGTH - 1).join('')}…`
    : characters.join('');
}
