import { header, type HeaderBag } from '../../common/http/request/headers.js';

/** Whether a browser or a mail program looks ahead, and nobody has opened the address (Fetch, `Sec-Purpose`; its older names). */
export function isPrefetch(headers: HeaderBag): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some((name) =>
    /\b(?:prefetch|preview|prerender)\b/i.test(header(headers, name) ?? ''),
  );
}
