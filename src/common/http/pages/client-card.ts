import type { ShownClient } from '../../ports/authorization-server.js';
import { html, type Html } from '../../html.js';

/** Who asks: the logo, a sentence that names the client, and a warning where anybody could have chosen the name (T093). */
export function clientCard({ logoUri, isVerified }: ShownClient, sentence: Html): Html {
  return html`${isWebAddress(logoUri) && html`<img class="logo" src="${logoUri}" alt="" referrerpolicy="no-referrer" />`}
    <p>${sentence}</p>
    ${!isVerified && html`<p class="note" id="unverified">Nobody has checked who is behind this name.</p>`}`;
}

/** The card of a client that wants access to an account. */
export function accessCard(client: ShownClient, accountName: string): Html {
  const account = html`<strong>${accountName}</strong>`;
  return clientCard(client, html`<strong>${client.name}</strong> asks for access to your account ${account}.`);
}

/** Links with more about a client. */
export function clientLinks({ name, uri, policyUri, tosUri }: ShownClient): Html | false {
  const links = [
    [uri, `Web site of ${name}`],
    [policyUri, `Privacy policy of ${name}`],
    [tosUri, `Terms of service of ${name}`],
  ] as const;
  const items = links.map(
    ([address, text]) =>
      isWebAddress(address) && html`<li><a href="${address}" rel="noopener noreferrer">${text}</a></li>`,
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
