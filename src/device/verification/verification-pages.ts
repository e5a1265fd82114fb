import type { AuthError } from '../../common/errors/auth-error.js';
import { html, type Html } from '../../common/html.js';
import type { Client } from '../../common/host/authorization-server.js';
import { page } from '../../common/http/page.js';
import type { HttpReply } from '../../common/http/reply.js';
import type { Decision, WaitingRow } from '../authorizations/device-authorization.store.js';

export interface EntryModel {
  /** Filled in; empty: nothing. */
  readonly userCode: string;
  readonly error?: AuthError;
}

export interface ConfirmModel {
  readonly row: WaitingRow;
  readonly userCode: string;
  /** Null: an app that is no registered client. */
  readonly client: Client | null;
  readonly userName: string;
}

/** What scopes of OpenID Connect mean to a user (Core 5.4, 11); others are shown as they are. */
const SCOPE_TEXTS: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  profile: 'See your name and picture',
  email: 'See your e-mail address',
  address: 'See your postal address',
  phone: 'See your phone number',
  offline_access: 'Keep access when you are signed out here',
};

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

/** Shows who asks, for what, from where and when, and asks to compare the codes (RFC 8628 3.3.1, 5.4). */
export function confirmPage(action: string, { row, userCode, client, userName }: ConfirmModel): HttpReply<string> {
  const body = html`<p>
      <strong>${client?.name ?? row.client_id}</strong> asks for access to your account <strong>${userName}</strong>.
    </p>
    ${client && !client.isVerified && html`<p class="note">Nobody has checked who is behind this name.</p>`}
    <p>Your device must show exactly this code:</p>
    <p class="code">${userCode}</p>
    ${permissionsOf(row)}
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
        <button id="approve" name="action" value="approve">Approve</button>
      </div>
    </form>`;
  return page({ title: 'Let this device in?', body });
}

export function outcomePage(decision: Decision): HttpReply<string> {
  return decision === 'approved'
    ? page({ title: 'Device approved', body: html`<p id="done">Go back to your device; it goes on by itself.</p>` })
    : page({ title: 'Device turned away', body: html`<p id="done">The device gets no access to your account.</p>` });
}

function permissionsOf({ gives, scopes, resources }: WaitingRow): Html {
  if (gives === 'session') return html`<p class="note">It will be signed in as you, with all that you can do here.</p>`;
  if (scopes.length + resources.length === 0) return html`<p>It asks for no particular permission.</p>`;
  return html`<h2>It will be able to</h2>
    <ul>
      ${scopes.map((scope) => html`<li>${SCOPE_TEXTS[scope] ?? scope}</li>`)}
      ${resources.map((resource) => html`<li>Act for you at <code>${resource}</code></li>`)}
    </ul>`;
}

/** In UTC: without script the page does not know where its reader is. */
function shortTime(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
