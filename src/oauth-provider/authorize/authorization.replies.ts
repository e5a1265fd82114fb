import { Injectable } from '@nestjs/common';
import type { AuthError } from '../../common/errors/auth-error.js';
import { errorPage } from '../../common/http/pages/error-page.js';
import { html, type Html } from '../../common/html.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { onwardAfterForm } from '../../common/http/pages/onward.js';
import { text, type Text } from '../../common/texts/text.js';
import { page } from '../../common/http/pages/page.js';
import { PageScript } from '../../common/html-script.js';
import { HttpReply, redirectTo } from '../../common/http/request/reply.js';
import type { AuthorizationResult } from './authorization-response.js';
import { AuthorizationResponses, type SentResponse } from './authorization-responses.js';

/** Submits the form of the response mode `form_post`; without scripts the user presses its button. */
const SUBMIT = new PageScript('document.forms[0].submit()');

export interface ReplyOptions {
  /** A script asks: it gets the address as JSON (`{ redirect, url }` for better-auth's client, `redirectURI` for its older one). */
  readonly json: boolean;
  /** 303 after a form, so that the browser does not post its fields on (T068). */
  readonly status: 302 | 303;
  /** The request has just come, and not from a page of ours. */
  readonly begins?: boolean;
  /** Headers of the request, if a form of our own page sent it: the page's CSP would block a redirect. */
  readonly ownForm?: HeaderBag;
}

/** Turns the result of an authorization into an HTTP reply. */
@Injectable()
export class AuthorizationReplies {
  constructor(private readonly responses: AuthorizationResponses) {}

  /** @throws AuthError 503 when the response has to be signed and there are no keys */
  async of(result: AuthorizationResult, options: ReplyOptions): Promise<HttpReply> {
    const { json } = options;
    if (result.kind === 'interaction') {
      const reply = json ? told(result.url) : sentTo(result.url, options);
      return result.cookie === undefined ? reply : reply.cookie(result.cookie);
    }
    if (result.kind === 'error') {
      if (json) throw result.error;
      return unverifiedError(result.error, await this.responses.send(result.response, { asLink: true }));
    }
    const response = await this.responses.send(result.response);
    if (response.isFormPost) return json ? toldToPost(response) : formPost(response);
    return json ? told(response.url) : sentTo(response.url, options);
  }
}

function sentTo(url: string, { status, ownForm, begins = false }: ReplyOptions): HttpReply {
  if (ownForm) return onwardAfterForm(url, ownForm);
  const reply = redirectTo(url).withStatus(status);
  reply.tellsLanguage = begins;
  return reply;
}

function told(url: string): HttpReply {
  return new HttpReply({ redirect: true, url, redirectURI: url, redirect_uri: url });
}

/** A form post is not an address: the page that asked must build the form. */
function toldToPost({ redirectUri, parameters }: SentResponse): HttpReply {
  return new HttpReply({ redirect: false, method: 'POST', url: redirectUri, parameters });
}

/** RFC 9700 4.11.2: a client that registered itself must not use us to redirect users who are not even signed in. */
function unverifiedError({ status, description, error }: AuthError, response: SentResponse): HttpReply {
  const { host, protocol } = new URL(response.redirectUri);
  const target = text('authorize.goOn', { place: html`<strong><bdi>${host || protocol}</bdi></strong>` });
  const further = html`<p class="warning">${text('authorize.unverified')}</p>
    ${
      response.isFormPost
        ? postForm(response, target)
        : html`<p>
            <a id="continue" class="button plain" href="${response.url}" rel="noreferrer">${target}</a>
          </p>`
    }`;
  return errorPage({ status, message: text('authorize.refused'), details: { code: error, description }, further });
}

/** OAuth 2.0 Form Post Response Mode 2. With a script, since nobody has to press the button. */
function formPost(response: SentResponse): HttpReply {
  return page({
    title: text('authorize.back'),
    body: postForm(response, text('frame.continue')),
    script: SUBMIT,
    // Chromium applies form-action to every redirect of the client's callback, after the code is spent; the page has no other form.
    formActions: 'anywhere',
  }).header('Referrer-Policy', 'no-referrer');
}

function postForm({ redirectUri, parameters }: SentResponse, label: Text): Html {
  const fields = Object.entries(parameters).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  return html`<form method="post" action="${redirectUri}">${fields}<button type="submit">${label}</button></form>`;
}
