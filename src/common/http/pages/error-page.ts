import type { AuthError } from '../../errors/auth-error.js';
import { commonErrorHeaders, type RenderedError } from '../../errors/rendered-error.js';
import { html, type Html } from '../../html.js';
import { page } from './page.js';
import type { HttpReply } from '../request/reply.js';

export interface ErrorPageModel {
  /** HTTP status. */
  readonly status: number;
  /** What happened, as a heading. Default `Something went wrong`. */
  readonly title?: string;
  /** A public sentence. Stands in the element `error`, with the code. */
  readonly message: string;
  /** The code of the protocol, for whoever runs the client. */
  readonly code?: string;
  /** Below the sentence. Default nothing: who sent the browser is not proven. */
  readonly further?: Html;
}

/** Where a browser ends up when a request cannot go on and there is nobody to send it back to. */
export function errorPage({
  status,
  title = 'Something went wrong',
  message,
  code,
  further,
}: ErrorPageModel): HttpReply<string> {
  const body = html`<p id="error" class="error" role="alert">${message}${code && html` <code>(${code})</code>`}</p>
    ${further}`;
  return page({ title, body, status, ...(further && { formActions: 'anywhere' }) });
}

/** The page of an error; it shows the public text alone. */
export function pageOfError(error: AuthError): RenderedError<string> {
  const { status, error: code, description: message } = error;
  const { headers, body } = errorPage({ status, message, code });
  return { status, headers: { ...commonErrorHeaders(error), ...headers }, body };
}
