import { AuthError } from '../../errors/auth-error.js';
import { commonErrorHeaders } from '../../errors/rendered-error.js';
import { html, type Html, type HtmlValue } from '../../html.js';
import { lasting } from '../../texts/time.js';
import { text, type Text } from '../../texts/text.js';
import { faultWords } from './fault-words.js';
import { page, type PageReply, type PageSections } from './page.js';
import { picture } from './pictures.js';

export interface ErrorPageModel {
  /** HTTP status. */
  readonly status: number;
  /** What happened, as a heading. Default `Something went wrong`. */
  readonly title?: Text;
  /** What happened, for the user. */
  readonly message: HtmlValue;
  /** What they can do. */
  readonly advice?: HtmlValue;
  /** For the operator of the application that sent the user here: the protocol's error code, and our words for it. */
  readonly details?: { readonly code: string; readonly description?: string };
  /** Shown below. Default nothing: it is not proven who sent the browser. */
  readonly further?: Html;
  /** The navigation of the area in which it happened. */
  readonly sections?: PageSections | undefined;
}

/** Shown when a request cannot go on and there is nobody to send the browser back to. */
export function errorPage(model: ErrorPageModel): PageReply {
  const { status, title = text('error.title'), message, advice, details, further, sections } = model;
  return page({
    title,
    status,
    hasFault: true,
    // What may pass is tried again; from what will not, a page leads that its reader surely has.
    waysOn: status === 429 || status >= 500 ? ['again', 'account'] : ['account'],
    body: html`${picture('fault')}
      <div id="error" role="alert">
        <p>${message}</p>
        ${advice && html`<p class="soft">${advice}</p>`}
      </div>
      ${further}`,
    ...(details && { remarks: detailsPart(details) }),
    ...(further && { formActions: 'anywhere' }),
    ...(sections && { sections }),
  });
}

function detailsPart({ code, description }: NonNullable<ErrorPageModel['details']>): Html {
  return html`<details id="error-details">
    <summary class="soft">${text('error.details')}</summary>
    <p class="soft"><code>${code}</code>${description !== undefined && html` <span lang="en">${description}</span>`}</p>
  </details>`;
}

/** The page of an error. @param sections the navigation of the area in which it happened */
export function pageOfError(error: AuthError, sections?: PageSections): PageReply {
  const { status, error: code, description } = error;
  const reply = errorPage({ status, ...wordsFor(error), details: { code, description }, sections });
  for (const [name, value] of Object.entries(commonErrorHeaders(error))) reply.header(name, String(value));
  return reply;
}

function wordsFor(error: AuthError): Pick<ErrorPageModel, 'title' | 'message' | 'advice'> {
  const { status, retryAfterSeconds } = error;
  if (status === 404 || status === 405) return { title: text('error.notFoundTitle'), message: text('error.notFound') };
  if (status === 429)
    return {
      title: text('error.limitTitle'),
      message: text('error.limit', { time: lasting(retryAfterSeconds ?? 60) }),
    };
  if (status >= 500) return { title: text('error.awayTitle'), message: text('error.away') };
  return { message: faultWords(error) ?? text('error.client'), advice: text('error.clientDo') };
}
