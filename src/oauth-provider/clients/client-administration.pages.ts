import type { AuthError } from '../../common/errors/auth-error.js';
import { html, type Html, type HtmlValue } from '../../common/html.js';
import { clientMark, clientName } from '../../common/http/pages/client-card.js';
import { field } from '../../common/http/pages/field.js';
import { scopeWords } from '../../common/http/pages/permission-list.js';
import type { ScopeTexts, ShownClient } from '../../common/ports/authorization-server.js';
import { text } from '../../common/texts/text.js';
import { day, lasting } from '../../common/texts/time.js';
import { isAboutUsers } from '../oauth-provider.settings.js';
import { OVERLAPS, type Kind } from './client-form.js';
import { isVouchedFor } from './metadata/registered-client.js';
import type { OAuthClientView } from './client.information.js';

/** What a client says of itself, as other pages show it. */
export function shownClient(client: OAuthClientView): ShownClient {
  return {
    clientId: client.client_id,
    name: client.name,
    isVerified: isVouchedFor(client.registeredBy),
    host: client.registeredBy === 'document' ? new URL(client.client_id).host : null,
    logoUri: client.logo_uri ?? null,
  };
}

/** A client in the list. @param url of its page */
export function clientItem(client: OAuthClientView, url: string): Html {
  const shown = shownClient(client);
  return html`<li>
    <div class="client">
      ${clientMark(shown)}
      <h2><a href="${url}">${clientName(shown)}</a> ${tagsOf(client)}</h2>
    </div>
    <dl>
      <dt>${text('clients.id')}</dt>
      <dd><code>${client.client_id}</code></dd>
      <dt>${text('clients.origin')}</dt>
      <dd>${text(`clients.by.${client.registeredBy}`)}</dd>
      <dt>${text('admin.created')}</dt>
      <dd>${day(client.createdAt)}</dd>
    </dl>
  </li>`;
}

/** Mark, id and state, below the name. */
export function clientBadge(client: OAuthClientView): Html {
  return html`<div class="client">
    ${clientMark(shownClient(client))}
    <p>
      <span class="soft">${text('clients.id')}</span><br />
      <code id="client-id">${client.client_id}</code> ${tagsOf(client)}
    </p>
  </div>`;
}

function tagsOf({ registeredBy, disabled }: OAuthClientView): Html {
  return html`${!isVouchedFor(registeredBy) && html`<span class="tag">${text('clients.unverified')}</span>`}
  ${disabled && html`<span class="tag">${text('clients.disabled')}</span>`}`;
}

/** All that administrators should know of a client. */
export function clientFacts(client: OAuthClientView): Html {
  return html`<dl>
    <dt>${text('clients.authentication')}</dt>
    <dd><code>${client.token_endpoint_auth_method}</code></dd>
    <dt>${text('clients.grants')}</dt>
    <dd>${codes(client.grant_types)}</dd>
    ${fact(text('clients.redirects'), client.redirectURLs)} ${fact(text('clients.scopes'), client.scope.split(' '))}
    <dt>${text('clients.origin')}</dt>
    <dd>${text(`clients.by.${client.registeredBy}`)}</dd>
    ${
      client.userId !== null &&
      html`<dt>${text('clients.owner')}</dt>
        <dd><code>${client.userId}</code></dd>`
    }
    <dt>${text('admin.created')}</dt>
    <dd>${day(client.createdAt)}</dd>
  </dl>`;
}

/** A day: a secret that has not leaked need not stop an application. */
const USUAL_OVERLAP = 86_400;

/** How long the old secret stays good. */
export function overlapChoice(): Html {
  return html`<label for="overlap">${text('clients.overlap')}</label>
    <select id="overlap" name="overlap">
      ${OVERLAPS.map((seconds) => html`<option value="${seconds}" ${seconds === USUAL_OVERLAP && html` selected`}>${seconds === 0 ? text('clients.noOverlap') : lasting(seconds)}</option>`)}
    </select>`;
}

export interface NewClientModel {
  readonly kinds: readonly Kind[];
  readonly scopes: readonly string[];
  readonly scopeTexts: ScopeTexts;
  readonly entered: {
    readonly name: string;
    readonly kind: Kind;
    readonly redirects: string;
    readonly scope: readonly string[];
  };
  /** Why it was refused. */
  readonly failure: AuthError | null;
}

/** The fields of the form that makes a client. */
export function newClientFields({ kinds, scopes, scopeTexts, entered, failure }: NewClientModel): Html {
  const isAboutRedirects = failure?.error === 'invalid_redirect_uri';
  return html`${
      failure && !isAboutRedirects && html`<div id="error" class="error" role="alert"><p>${refusal(failure)}</p></div>`
    }
    ${field({
      id: 'name',
      label: text('admin.name'),
      attributes: html`type="text" maxlength="200" autocomplete="off" value="${entered.name}" required`,
    })}
    <fieldset>
      <legend>${text('clients.kind')}</legend>
      ${kinds.map((kind) => choice('radio', 'kind', kind, kind === entered.kind, text(`clients.kind.${kind}`)))}
    </fieldset>
    <label for="redirects">${text('clients.redirects')}</label>
    <p id="redirects-hint" class="soft">${text('clients.redirectsKinds')}</p>
    <textarea
      id="redirects"
      name="redirects"
      rows="3"
      maxlength="16384"
      dir="ltr"
      spellcheck="false"
      aria-describedby="redirects-hint${isAboutRedirects && ' redirects-fault'}"
      ${isAboutRedirects && html` aria-invalid="true"`}
    >
${entered.redirects}</textarea>
    ${isAboutRedirects && html`<p id="redirects-fault" class="fault">${refusal(failure)}</p>`}
    <fieldset>
      <legend>${text('clients.scopes')}</legend>
      ${scopes.map((scope) => choice('checkbox', 'scope', scope, entered.scope.includes(scope), scopeAndWords(scope, scopeTexts)))}
    </fieldset>
    <button id="create">${text('clients.create')}</button>`;
}

/** Administrators know scopes by name; what users are told of them stands beside it. */
function scopeAndWords(scope: string, texts: ScopeTexts): Html {
  const isTold = texts.has(scope) || isAboutUsers(scope);
  return html`<code>${scope}</code>${isTold && html`<br /><span class="soft">${scopeWords(scope, texts)}</span>`}`;
}

/** In the words of RFC 7591: whoever registers clients knows its terms, and they name the member. */
function refusal({ description }: AuthError): HtmlValue {
  return text('clients.refused', { words: html`<span lang="en">${description}</span>` });
}

function choice(type: 'radio' | 'checkbox', name: string, value: string, isChosen: boolean, words: HtmlValue): Html {
  return html`<label class="choice"
    ><input type="${type}" name="${name}" value="${value}" ${isChosen && html` checked`} /> ${words}</label
  >`;
}

function fact(term: HtmlValue, values: readonly string[]): Html | false {
  const given = values.filter((value) => value !== '');
  return (
    given.length > 0 &&
    html`<dt>${term}</dt>
      <dd>${codes(given)}</dd>`
  );
}

function codes(values: readonly string[] = []): Html[] {
  return values.map((value, index) => html`${index > 0 && html`<br />`}<code>${value}</code>`);
}
