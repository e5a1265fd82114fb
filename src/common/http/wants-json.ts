import { header, type HeaderBag } from './headers.js';

/** Whether a script asks, which follows no redirect to another origin and shows no page; it is told where to go instead. */
export function wantsJson(headers: HeaderBag): boolean {
  return header(headers, 'sec-fetch-mode') === 'cors' || (header(headers, 'accept') ?? '').includes('application/json');
}
