import { AuthError } from '../errors/auth-error.js';
import { header, type HeaderBag } from './headers.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const ADDED_BY_BROWSERS = /^(?:basic|digest|ntlm|negotiate)\b/i;

/**
 * CSRF and login CSRF (T033): a state-changing request that a browser may have sent by itself must come from a trusted origin.
 * - A request with an `Authorization` header is exempt: no page can add it across origins without a preflight. Not so those of schemes
 *   that browsers answer by themselves, e.g. because a proxy asks for a password before us.
 * - With an Origin or Referer: it must be trusted, with or without cookies.
 * - With neither: refused when a cookie comes along or the browser says that it is no same-origin request; else it is no browser.
 * @throws AuthError 403 `INVALID_ORIGIN`, `MISSING_OR_NULL_ORIGIN` or `CROSS_SITE_NAVIGATION_LOGIN_BLOCKED`
 */
export function checkOrigin(method: string, headers: HeaderBag, trusted: ReadonlySet<string>): void {
  if (SAFE_METHODS.has(method) || isAddedByScript(header(headers, 'authorization'))) return;
  const site = header(headers, 'sec-fetch-site');
  const origin = originOf(headers);
  if (origin !== undefined && origin !== 'null') {
    if (trusted.has(origin)) return;
    throw AuthError.forbidden('INVALID_ORIGIN', 'Invalid origin', `origin ${origin}`);
  }
  if (site === 'same-origin') return;
  if (site === 'cross-site' && header(headers, 'sec-fetch-mode') === 'navigate') {
    throw AuthError.forbidden('CROSS_SITE_NAVIGATION_LOGIN_BLOCKED', 'A navigation from another site cannot do this');
  }
  if (origin === 'null' || site !== undefined || header(headers, 'cookie') !== undefined) {
    throw AuthError.forbidden('MISSING_OR_NULL_ORIGIN', 'Missing or null origin');
  }
}

function isAddedByScript(authorization: string | undefined): boolean {
  return authorization !== undefined && !ADDED_BY_BROWSERS.test(authorization);
}

/** `Origin`, else the origin of `Referer`; a Referer that cannot be read is an origin nobody trusts. */
function originOf(headers: HeaderBag): string | undefined {
  const origin = header(headers, 'origin');
  if (origin !== undefined) return origin;
  const referer = header(headers, 'referer');
  if (referer === undefined) return undefined;
  try {
    return new URL(referer).origin;
  } catch {
    return 'invalid';
  }
}
