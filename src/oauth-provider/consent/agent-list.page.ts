import { html, type Html } from '../../common/html.js';
import type { AccountArea } from '../../common/http/areas/account-area.js';
import type { ActingAgent } from '../../common/ports/acting-agent.js';
import { text } from '../../common/texts/text.js';
import { ago, ending } from '../../common/texts/time.js';
import type { ConnectedApplication } from './consents.service.js';

/** Agents that act by an API key, each with the way to the page that ends it; nothing where there are none. */
export function agentList(agents: readonly ActingAgent[], area: AccountArea): Html | false {
  return (
    agents.length > 0 &&
    html`<h2>${text('applications.agents')}</h2>
      <p>${text('applications.agentsAbout')}</p>
      <ul class="cards" id="agents">
        ${agents.map((one) => card(one, area))}
      </ul>`
  );
}

/** Who acts through an application; nothing where nobody does. */
export function servicesLine(services: ConnectedApplication['services']): Html | false {
  const names = services.map(({ name, clientId }, index) => html`${index > 0 && ', '}<bdi>${name ?? clientId}</bdi>`);
  return names.length > 0 && html`<p class="soft">${text('applications.through', { services: html`${names}` })}</p>`;
}

function card({ name, page, lastUsedAt, expiresAt }: ActingAgent, area: AccountArea): Html {
  return html`<li>
    <h3>
      <a href="${area.urlOf(page.path, page.query)}"><bdi>${name}</bdi></a>
      <span class="tag">${text('applications.agent')}</span>
    </h3>
    <dl>
      <dt>${text('keys.lastUsed')}</dt>
      <dd>${lastUsedAt ? ago(lastUsedAt) : text('keys.notUsed')}</dd>
      <dt>${text('keys.expires')}</dt>
      <dd>${expiresAt ? ending(expiresAt) : text('keys.never')}</dd>
    </dl>
  </li>`;
}
