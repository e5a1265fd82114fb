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
  /** A public sentence. Shown in the element `error`, with the code. */
  readonly message: string;
  /** The protocol's error code, for the operator of the client. */
  readonly code?: string;
  /** Shown below the sentence. Default nothing: it is not proven who sent the browser. */
  readonly further?: Html;
}

/** Shown when a request cannot go on and there is nobody to send the browser back to. */
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

/** The page of an error; it shows only the public text. */
export function pageOfError(error: AuthError): RenderedError<string> {
  const { status, error: code, description: message } = error;
  const { headers, body } = errorPage({ status, message, code });
  return { status, headers: { ...commonErrorHeaders(error), ...headers }, body };
}
