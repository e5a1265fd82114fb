import type { AuthError } from '../../common/errors/auth-error.js';
import type { ShownClient } from '../../common/ports/authorization-server.js';
import { html } from '../../common/html.js';
import { accessCard, clientLinks } from '../../common/http/pages/client-card.js';
import { page } from '../../common/http/pages/page.js';
import { permissionList } from '../../common/http/pages/permission-list.js';
import type { HttpReply } from '../../common/http/request/reply.js';
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
}

/** Asks for the code. */
export function entryPage(action: string, { userCode, error }: EntryModel): HttpReply<string> {
  const body = html`${error && html`<p id="error" class="error" role="alert">${error.description}.</p>`}
    <p>
      ${userCode === '' || error ? 'Enter the code that your device shows.' : 'Is this the code that your device shows?'}
    </p>
    <form method="post" action="${action}">
      <label for="user-code">Code</label>
      <input
        id="user-code"
        class="code"
        name="user_code"
        value="${userCode}"
        autocomplete="off"
        autocapitalize="characters"
        autocorrect="off"
        spellcheck="false"
        maxlength="128"
        required
      />
      <button id="continue">Continue</button>
    </form>`;
  const reply = page({ title: 'Connect a device', body, ...(error && { status: error.status }) });
  if (error?.retryAfterSeconds !== undefined) reply.header('Retry-After', String(error.retryAfterSeconds));
  return reply;
}

/** Shows the client, what it asks for, from where and when, and asks the user to compare the codes (RFC 8628 3.3.1, 5.4). */
export function confirmPage(action: string, { row, userCode, client, userName }: ConfirmModel): HttpReply<string> {
  const body = html`${accessCard(client, userName)}
    <p>Your device must show exactly this code:</p>
    <p class="code">${userCode}</p>
    ${row.gives === 'tokens' ? permissionList(row) : html`<p class="note">It will be signed in as you, with all that you can do here.</p>`}
    <h2>The request</h2>
    <ul>
      <li>Time: <time datetime="${row.created_at.toISOString()}">${shortTime(row.created_at)}</time></li>
      <li>Address: ${row.ip_address ?? 'unknown'}</li>
      <li>Device: ${row.user_agent ?? 'unknown'}</li>
    </ul>
    <p class="error">
      Deny it if you did not start this yourself, just now, on a device in front of you. If somebody has sent you the
      code, deny it.
    </p>
    <form method="post" action="${action}">
      <input type="hidden" name="user_code" value="${userCode}" />
      <div class="row">
        <button id="deny" class="plain" name="action" value="deny">Deny</button>
        <button id="approve" name="action" value="approve">Allow</button>
      </div>
    </form>
    ${clientLinks(client)}`;
  return page({ title: 'Let this device in?', body });
}

export function outcomePage(decision: Decision): HttpReply<string> {
  return decision === 'approved'
    ? page({ title: 'Device approved', body: html`<p id="done">Go back to your device; it goes on by itself.</p>` })
    : page({ title: 'Device turned away', body: html`<p id="done">The device gets no access to your account.</p>` });
}

/** In UTC: without scripts the page does not know the user's time zone. */
function shortTime(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
