import { html } from '../../html.js';
import { header, type HeaderBag } from '../request/headers.js';
import { page } from './page.js';
import { HttpReply } from '../request/reply.js';
import { contextOf, type GuardedRequest } from '../request/request-context.js';
import { isBrowserForm } from '../request/wants-json.js';

/**
 * Sends a browser on after a form of one of our pages. Chromium holds the page's `form-action` against every redirect that follows, also
 * those of a client's callback, which nobody can name beforehand; an address that a page goes on to by itself is a navigation of its own.
 * A browser that says that it navigates (Fetch Metadata) therefore gets such a page; programs get a 303, and so does an app's own scheme:
 * it ends the way, and Android opens apps only after the user's own press of a button.
 * @param url checked by the caller
 */
export function onwardAfterForm(url: string, headers: HeaderBag): HttpReply {
  const reply =
    navigates(headers) && leadsToWeb(url) ? onwardPage(url) : new HttpReply('').withStatus(303).header('Location', url);
  // The address that is left may hold what the next one is not told.
  return reply.header('Referrer-Policy', 'no-referrer');
}

/** An answer that tells a script where to go: a browser that sent a form of some page is sent there instead, with the same cookies. */
export function sentOn(told: HttpReply, url: string, request: GuardedRequest): HttpReply {
  if (!isBrowserForm(contextOf(request).bodyKind, request.headers)) return told;
  return onwardAfterForm(url, request.headers).cookie(...told.cookies);
}

/** A page that goes on by itself. @param url checked by the caller */
export function onwardPage(url: string, { title = 'One moment', text = 'Continue' } = {}): HttpReply<string> {
  return page({ title, continueTo: url, body: html`<p><a id="onward" href="${url}">${text}</a></p>` });
}

function navigates(headers: HeaderBag): boolean {
  return header(headers, 'sec-fetch-mode') === 'navigate';
}

function leadsToWeb(url: string): boolean {
  return url.startsWith('/') || /^https?:\/\//i.test(url);
}
