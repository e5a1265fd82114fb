import type { AuthError } from '../errors/auth-error.js';
import { html } from '../html.js';
import { page } from './page.js';
import { commonErrorHeaders, type RenderedError } from '../errors/rendered-error.js';
import type { HttpReply } from './reply.js';

export interface ErrorPageModel {
  /** HTTP status. */
  readonly status: number;
  /** What happened, as a heading. Default `Something went wrong`. */
  readonly title?: string;
  /** A public sentence. Stands in the element `error`, with the code. */
  readonly message: string;
  /** The code of the protocol, for whoever runs the client. */
  readonly code?: string;
}

/** Where a browser ends up when a request cannot go on and there is nobody to send it back to. Has no link: who sent it is not proven. */
export function errorPage({
  status,
  title = 'Something went wrong',
  message,
  code,
}: ErrorPageModel): HttpReply<string> {
  const body = html`<p id="error" class="error" role="alert">${message}${code && html` <code>(${code})</code>`}</p>`;
  return page({ title, body, status });
}

/** The page of an error; it shows the public text alone. */
export function pageOfError(error: AuthError): HttpReply<string> {
  const reply = errorPage({ status: error.status, message: error.description, code: error.error });
  if (error.retryAfterSeconds !== undefined)
    reply.header('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterSeconds))));
  return reply;
}

/** The same for the filter of errors. */
export function renderErrorPage(error: AuthError): RenderedError<string> {
  const { headers, body } = pageOfError(error);
  return { status: error.status, headers: { ...commonErrorHeaders(error), ...headers }, body };
}
