import { addressFault, isLoopbackRedirect } from './address-rules.js';

/** Parameters of the authorization response (RFC 6749 4.1.2, RFC 9207, OIDC Session): each must be in it once (T057). */
const RESPONSE_PARAMETERS = [
  'code',
  'state',
  'iss',
  'error',
  'error_description',
  'error_uri',
  'session_state',
  'response',
];
const WEB = /^https?:/i;
/** RFC 8252 7.1: a reversed domain name. `javascript`, `data`, `file` and the like do not match. */
const DOMAIN_SCHEME = /^[a-z](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;

/**
 * Of applications that many people have and that are not named after a domain. Exact, so that their schemes are open for nobody else; whoever
 * claims such a scheme on a user's machine cannot redeem a code without the verifier.
 */
const KNOWN_APPS = new Set(['cursor://anysphere.cursor-mcp/oauth/callback']);

export type ApplicationType = 'web' | 'native';

/**
 * Why a redirect URI is refused; null when it is not (RFC 6749 3.1.2, RFC 8252 7, RFC 9700 2.1, T057, T094).
 * - Web: https, also on loopback hosts; plain http on loopback hosts, for development. OpenID Connect forbids these to web applications
 *   only with the implicit grant, which does not exist here.
 * - Native: the same, and schemes of the application's own: named after a domain (RFC 8252 7.1), or listed in the options.
 */
export function redirectUriFault(
  uri: string,
  application: ApplicationType,
  redirectSchemes: ReadonlySet<string>,
): string | null {
  const fault = addressFault(uri);
  if (fault !== null) return fault;
  const url = new URL(uri);
  const repeated = RESPONSE_PARAMETERS.find((name) => url.searchParams.has(name));
  if (repeated !== undefined) return `it carries the parameter ${repeated}, which is one of the answer`;
  if (url.protocol === 'https:') return null;
  if (url.protocol === 'http:') return isLoopbackRedirect(uri) ? null : 'plain http is for loopback addresses only';
  return application === 'web' ? 'a web application is sent back to by https' : schemeFault(url, uri, redirectSchemes);
}

/**
 * The application type of a client that does not say (RFC 8252 7): only a native application has a scheme of its own, and one with loopback
 * redirect URIs alone runs on the user's machine; so does one that names the address of that machine among others, as editors do. `localhost`
 * among others is how web applications are developed.
 */
export function applicationTypeOf(redirects: readonly string[], others: readonly string[]): ApplicationType {
  const hasOwnScheme = [...redirects, ...others].some((uri) => !WEB.test(uri));
  const isLocal = redirects.length > 0 && redirects.every(isLoopbackRedirect);
  const listensHere = redirects.some((uri) => isLoopbackRedirect(uri) && !isLocalhost(uri));
  return hasOwnScheme || isLocal || listensHere ? 'native' : 'web';
}

function isLocalhost(uri: string): boolean {
  return new URL(uri).hostname === 'localhost';
}

function schemeFault(url: URL, uri: string, redirectSchemes: ReadonlySet<string>): string | null {
  const scheme = url.protocol.slice(0, -1);
  const rest = uri.slice(url.protocol.length);
  if (KNOWN_APPS.has(uri)) return null;
  if (redirectSchemes.has(scheme)) return rest.startsWith('/') ? null : 'a path begins with a slash';
  if (!DOMAIN_SCHEME.test(scheme)) return 'a scheme of its own is named after a domain, e.g. com.example.app';
  // Two slashes would announce an authority, and there is none.
  return /^\/(?!\/)/.test(rest) ? null : 'behind a scheme of its own stands one slash, e.g. com.example.app:/callback';
}
