import { AuthError } from '../../errors/auth-error.js';
import { header, type HeaderBag } from '../request/headers.js';
import type { OriginTrust } from './trusted-origins.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const ADDED_BY_BROWSERS = /^(?:basic|digest|ntlm|negotiate)\b/i;

/**
 * CSRF and login CSRF (T033): a state-changing request that a browser may have sent by itself must come from a trusted origin.
 * - A request with an `Authorization` header is exempt: no page can add one across origins without a preflight. Schemes that browsers
 *   answer by themselves, e.g. because a proxy in front asks for a password, are not exempt.
 * - With an Origin or Referer: it must be trusted, with or without cookies.
 * - With neither: refused when the request has a cookie or the browser says that it is not same-origin; else it is not from a browser.
 * @throws AuthError 403 `INVALID_ORIGIN`, `MISSING_OR_NULL_ORIGIN` or `CROSS_SITE_NAVIGATION_LOGIN_BLOCKED`
 */
export async function checkOrigin(method: string, headers: HeaderBag, trust: OriginTrust): Promise<void> {
  if (SAFE_METHODS.has(method) || isAddedByScript(header(headers, 'authorization'))) return;
  const site = header(headers, 'sec-fetch-site');
  const origin = originOf(headers);
  const isKnown = origin !== undefined && origin !== 'null';
  if (isKnown ? await trust.trusts(origin) : site === 'same-origin') return;
  const hasCookie = header(headers, 'cookie') !== undefined;
  const isForeignNavigation = site === 'cross-site' && header(headers, 'sec-fetch-mode') === 'navigate';
  // With a cookie we name the origin as the fault (better-auth's wire format); without an origin there is only the navigation to name.
  if (isForeignNavigation && !(isKnown && hasCookie)) {
    throw AuthError.forbidden(
      'CROSS_SITE_NAVIGATION_LOGIN_BLOCKED',
      'Cross-site navigation login blocked. This request appears to be a CSRF attack.',
    );
  }
  if (isKnown) throw AuthError.forbidden('INVALID_ORIGIN', 'Invalid origin', `origin ${origin}`);
  if (origin === 'null' || site !== undefined || hasCookie) {
    throw AuthError.forbidden('MISSING_OR_NULL_ORIGIN', 'Missing or null Origin');
  }
}

function isAddedByScript(authorization: string | undefined): boolean {
  return authorization !== undefined && !ADDED_BY_BROWSERS.test(authorization);
}

/**
 * `Origin`; else the header that better-auth's Expo client sends in its place, which no page can add across origins without a preflight;
 * else the origin of `Referer`. A Referer that cannot be parsed counts as an untrusted origin.
 */
function originOf(headers: HeaderBag): string | undefined {
  const origin = header(headers, 'origin');
  if (origin !== undefined) return origin;
  const ofApp = header(headers, 'expo-origin');
  if (ofApp !== undefined && header(headers, 'sec-fetch-site') === undefined) return ofApp;
  const referer = header(headers, 'referer');
  if (referer === undefined) return undefined;
  try {
    return new URL(referer).origin;
  } catch {
    return 'invalid';
  }
}
