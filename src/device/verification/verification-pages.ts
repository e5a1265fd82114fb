import type { AuthError } from '../../common/errors/auth-error.js';
import type { ScopeTexts, ShownClient, ShownDetail } from '../../common/ports/authorization-server.js';
import { html } from '../../common/html.js';
import { agentLine, clientCard, clientLinks, clientName } from '../../common/http/pages/client-card.js';
import { faultWords } from '../../common/http/pages/fault-words.js';
import { field } from '../../common/http/pages/field.js';
import { page, type PageReply } from '../../common/http/pages/page.js';
import { permissionList } from '../../common/http/pages/permission-list.js';
import { picture } from '../../common/http/pages/pictures.js';
import { text } from '../../common/texts/text.js';
import { ago } from '../../common/texts/time.js';
import type { Decision, WaitingRow } from '../authorizations/device-authorization.store.js';

export interface EntryModel {
  /** Filled into the form; may be empty. */
  readonly userCode: string;
  readonly error?: AuthError;
}

export interface ConfirmModel {
  readonly row: WaitingRow;
  readonly userCode: string;
  readonly client: ShownClient;
  readonly userName: string;
  readonly scopeTexts: ScopeTexts;
  readonly resourceNames: ReadonlyMap<string, string>;
  readonly details: readonly ShownDetail[];
}

/** Asks for the code. */
export function entryPage(action: string, { userCode, error }: EntryModel): PageReply {
  const reply = page({
    title: text('device.title'),
    status: error?.status ?? 200,
    hasFault: error !== undefined,
    self: action,
    body: html`<p>${text(userCode === '' || error ? 'device.enter' : 'device.isThis')}</p>
      <form method="post" action="${action}">
        ${field({
          id: 'user-code',
          name: 'user_code',
          label: text('device.code'),
          fault: error && (faultWords(error) ?? error.description),
          attributes: html`type="text" class="code" value="${userCode}" autocomplete="off" autocapitalize="characters"
          autocorrect="off" spellcheck="false" maxlength="128" dir="ltr" required${userCode === '' && html` autofocus`}`,
        })}
        <button id="continue">${text('frame.continue')}</button>
      </form>`,
  });
  if (error?.retryAfterSeconds !== undefined) reply.header('Retry-After', String(error.retryAfterSeconds));
  return reply;
}

/** Shows the client, what it asks for, from where and when, and asks the user to compare the codes (RFC 8628 3.3.1, 5.4). */
export function confirmPage(action: string, model: ConfirmModel): PageReply {
  const { row, userCode, client, userName, scopeTexts, resourceNames, details } = model;
  const body = html`${clientCard(client, text('consent.asks', { client: clientName(client) }))} ${agentLine(client)}
    <p class="soft who">${text('frame.signedInAs', { account: html`<strong><bdi>${userName}</bdi></strong>` })}</p>
    <p>${text('device.compare')}</p>
    <p class="code" dir="ltr">${userCode}</p>
    <p class="warning">${text('device.warning')}</p>
    ${row.gives === 'tokens' ? permissionList({ ...row, details }, scopeTexts, resourceNames) : html`<p class="note">${text('device.session')}</p>`}
    <h2>${text('device.request')}</h2>
    <ul class="soft">
      <li>${text('device.time', { time: ago(row.created_at) })}</li>
      <li>${text('device.address', { address: row.ip_address ?? text('frame.unknown') })}</li>
      <li>${text('device.device', { device: row.user_agent ?? text('frame.unknown') })}</li>
    </ul>
    <form method="post" action="${action}">
      <input type="hidden" name="user_code" value="${userCode}" />
      <div class="row">
        <button id="approve" name="action" value="approve">${text('device.allow')}</button>
        <button id="deny" class="plain" name="action" value="deny">${text('device.deny')}</button>
      </div>
    </form>
    ${clientLinks(client)}`;
  const self = `${action}?${new URLSearchParams({ user_code: userCode })}`;
  return page({ title: text('device.confirmTitle'), self, body });
}

export function outcomePage(decision: Decision, action: string): PageReply {
  const isApproved = decision === 'approved';
  return page({
    title: text(isApproved ? 'device.approvedTitle' : 'device.deniedTitle'),
    body: html`${picture(isApproved ? 'done' : 'turnedAway')}
      <p id="done">${text(isApproved ? 'device.approved' : 'device.denied')}</p>
      <p><a href="${action}">${text('device.anotherCode')}</a></p>`,
    waysOn: ['account'],
  });
}
