import { html } from '../../html.js';
import { text, type Text } from '../../texts/text.js';
import { header, type HeaderBag } from '../request/headers.js';
import { page, type PageReply } from './page.js';
import { HttpReply } from '../request/reply.js';
import { contextOf, type GuardedRequest } from '../request/request-context.js';
import { isBrowserForm } from '../request/wants-json.js';

/**
 * Sends a browser on after a form of one of our pages. Chromium applies the page's `form-action` to every redirect that follows, also to
 * those of a client's callback, which nobody can list beforehand. A page that goes on by itself (`Refresh`) starts a new navigation
 * instead. So a browser that says that it navigates (Fetch Metadata) gets such a page. Programs get a 303, and so does an app's own scheme:
 * nothing follows it, and Android opens apps only after the user has pressed a button.
 * @param url checked by the caller
 */
export function onwardAfterForm(url: string, headers: HeaderBag): HttpReply {
  const reply =
    navigates(headers) && leadsToWeb(url) ? onwardPage(url) : new HttpReply('').withStatus(303).header('Location', url);
  // The address that the browser leaves may hold secrets that the next site must not see.
  return reply.header('Referrer-Policy', 'no-referrer');
}

/** For a reply that tells a script where to go: a browser that sent a form is redirected there instead, with the same cookies. */
export function sentOn(told: HttpReply, url: string, request: GuardedRequest): HttpReply {
  if (!isBrowserForm(contextOf(request).bodyKind, request.headers)) return told;
  return onwardAfterForm(url, request.headers).cookie(...told.cookies);
}

/** A page that goes on by itself (`Refresh`). @param url checked by the caller */
export function onwardPage(
  url: string,
  { title = text('frame.oneMoment'), label = text('frame.continue') }: { title?: Text; label?: Text } = {},
): PageReply {
  return page({ title, continueTo: url, body: html`<p><a id="onward" href="${url}">${label}</a></p>` });
}

function navigates(headers: HeaderBag): boolean {
  return header(headers, 'sec-fetch-mode') === 'navigate';
}

function leadsToWeb(url: string): boolean {
  return url.startsWith('/') || /^https?:\/\//i.test(url);
}
