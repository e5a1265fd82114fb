import type { AuthError } from './auth-error.js';

/** Result of a renderer: everything that the HTTP layer has to write. */
export interface RenderedError<Body = Record<string, unknown>> {
  status: number;
  headers: Record<string, string | string[]>;
  /** JSON, or a complete document. */
  body: Body;
}

/** Headers common to all shapes. The better-auth client reads `X-Retry-After` on 429. */
export function commonErrorHeaders(error: AuthError): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { 'Cache-Control': 'no-store' };
  for (const [name, value] of Object.entries(error.headers)) headers[name] = toHeaderText(value);
  if (error.retryAfterSeconds !== undefined) {
    const seconds = String(Math.max(1, Math.ceil(error.retryAfterSeconds)));
    headers['Retry-After'] = seconds;
    if (error.status === 429) headers['X-Retry-After'] = seconds;
  }
  return headers;
}

/** Anything but printable ASCII becomes a space: it could split a header, or make Node refuse to send the reply (T015). */
function toHeaderText(text: string): string {
  return text.replaceAll(/[^\x20-\x7E]/g, ' ');
}

/** RFC 6749 5.2 allows %x20-21 / %x23-5B / %x5D-7E in `error_description`; anything else becomes a space. */
export function toOAuthText(text: string): string {
  return text.replaceAll('"', "'").replaceAll(/[^\x20\x21\x23-\x5B\x5D-\x7E]/g, ' ');
}
