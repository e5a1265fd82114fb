import type { Client } from '../../common/ports/authorization-server.js';
import { html, type Html } from '../../common/html.js';
import { accessCard, clientLinks } from '../../common/http/pages/client-card.js';
import { permissionList } from '../../common/http/pages/permission-list.js';
import type { Granted } from './consent.store.js';

export interface ConsentPageModel {
  readonly action: string;
  readonly handle: string;
  readonly client: Client;
  readonly userName: string;
  readonly asked: Granted;
  /** Where the client may go with it without having named it (RFC 8707 2.2). */
  readonly reachable: readonly string[];
  /** What the user has granted before; null: nothing. */
  readonly granted: Granted | null;
}

/** The question of consent; what is new since the last answer is marked. */
export function consentPage({ action, handle, client, userName, asked, reachable, granted }: ConsentPageModel): Html {
  const known = new Set([...(granted?.scopes ?? []), ...(granted?.claims ?? []), ...(granted?.resources ?? [])]);
  return html`
    ${accessCard(client, userName)} ${permissionList(asked, (one) => granted !== null && !known.has(one))}
    ${
      reachable.length > 0 &&
      html`<p class="soft" id="reachable">
        It may use this here, and at ${reachable.map((one, index) => html`${index > 0 && ', '}<code>${one}</code>`)}.
      </p>`
    }
    <form method="post" action="${action}">
      <input type="hidden" name="consent_code" value="${handle}" />
      <div class="row">
        <button id="allow" type="submit" name="accept" value="true">Allow</button>
        <button id="deny" class="plain" type="submit" name="accept" value="false">Deny</button>
      </div>
    </form>
    ${clientLinks(client)}
  `;
}
