import { header } from '../request/headers.js';
import type { EdgeContext } from '../request/request-context.js';

/** Where somebody can go from a page on which nothing else leads on. */
export interface WaysOn {
  /** The page again; null: nobody knows which it was. */
  readonly again: string | null;
  /** Their account; null: there are no such pages. */
  readonly account: string | null;
}

/**
 * Leads back to the page that was asked for, or whose form was sent: relative, so that it holds behind a proxy that moves our paths. Of the
 * `Referer` only path and query count, so it leads nowhere else.
 */
export function pageAgain({ request, headers }: EdgeContext): string | null {
  if (request?.method === 'GET') {
    const { originalUrl = request.url ?? '/' } = request as { originalUrl?: string; url?: string };
    const path = originalUrl.split('?', 1)[0]!;
    return `./${path.slice(path.lastIndexOf('/') + 1)}${originalUrl.slice(path.length)}`;
  }
  const from = header(headers, 'referer');
  if (from === undefined || !URL.canParse(from)) return null;
  const { pathname, search } = new URL(from);
  return /^\/(?!\/)/.test(pathname) ? pathname + search : null;
}
