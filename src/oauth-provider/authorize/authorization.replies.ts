import { Injectable } from '@nestjs/common';
import type { AuthError } from '../../common/errors/auth-error.js';
import { hash } from 'node:crypto';
import { errorPage } from '../../common/http/pages/error-page.js';
import { html, type Html } from '../../common/html.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { onwardAfterForm } from '../../common/http/pages/onward.js';
import { page } from '../../common/http/pages/page.js';
import { HttpReply, redirectTo } from '../../common/http/request/reply.js';
import { responseUrl, type AuthorizationResult, type AuthorizationResponse } from './authorization-response.js';

/** Sends the form of the response mode `form_post`; without scripts the button does. */
const SUBMIT = 'document.forms[0].submit()';
const SUBMIT_SOURCE = `'sha256-${hash('sha256', SUBMIT, 'base64')}'`;

export interface ReplyOptions {
  /** A script asks: it is told where to go (`{ redirect, url }` for better-auth's client, `redirectURI` for its older one). */
  readonly json: boolean;
  /** After a form 303, so that what was posted is not posted on (T068). */
  readonly status: 302 | 303;
  /** Headers of a form of a page of ours, whose policy would hold up redirects. */
  readonly ownForm?: HeaderBag;
}

/** How an authorization travels. */
@Injectable()
export class AuthorizationReplies {
  of(outcome: AuthorizationResult, options: ReplyOptions): HttpReply {
    const { json } = options;
    if (outcome.kind === 'interaction') {
      const reply = json ? told(outcome.url) : sentTo(outcome.url, options);
      return outcome.cookie === undefined ? reply : reply.cookie(outcome.cookie);
    }
    const { response } = outcome;
    if (outcome.kind === 'error') {
      if (json) throw outcome.error;
      return unvouchedError(outcome.error, response);
    }
    if (response.responseMode === 'form_post') return json ? toldToPost(response) : formPost(response);
    return json ? told(responseUrl(response)) : sentTo(responseUrl(response), options);
  }
}

function sentTo(url: string, { status, ownForm }: ReplyOptions): HttpReply {
  if (ownForm) return onwardAfterForm(url, ownForm);
  return redirectTo(url).withStatus(status);
}

function told(url: string): HttpReply {
  return new HttpReply({ redirect: true, url, redirectURI: url, redirect_uri: url });
}

/** A form cannot be told as an address: the page that asked makes it. */
function toldToPost({ redirectUri, parameters }: AuthorizationResponse): HttpReply {
  return new HttpReply({ redirect: false, method: 'POST', url: redirectUri, parameters });
}

/** RFC 9700 4.11.2: who registered themselves shall not have us send people on who have not even signed in. */
function unvouchedError({ status, description, error }: AuthError, response: AuthorizationResponse): HttpReply {
  const { host, protocol } = new URL(response.redirectUri);
  const target = html`Go on to <strong>${host || protocol}</strong>`;
  const further = html`<p>
      The application that sent you here has registered itself, and nobody has checked it. Go on only if you know it.
    </p>
    ${
      response.responseMode === 'form_post'
        ? postForm(response, target)
        : html`<p><a id="continue" href="${responseUrl(response)}" rel="noreferrer">${target}</a></p>`
    }`;
  return errorPage({ status, message: description, code: error, further });
}

/** OAuth 2.0 Form Post Response Mode 2. The one page of ours with a script, named in its policy by its hash. */
function formPost(response: AuthorizationResponse): HttpReply {
  return page({
    title: 'Back to the application',
    // prettier-ignore
    body: html`${postForm(response, html`Continue`)}<script>${SUBMIT}</script>`,
    // Chromium holds it against each redirect of the client's callback, when the code is spent already; there is no other form here.
    formActions: 'anywhere',
    scriptSources: [SUBMIT_SOURCE],
  }).header('Referrer-Policy', 'no-referrer');
}

function postForm({ redirectUri, parameters }: AuthorizationResponse, label: Html): Html {
  const fields = Object.entries(parameters).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  return html`<form method="post" action="${redirectUri}">${fields}<button type="submit">${label}</button></form>`;
}
