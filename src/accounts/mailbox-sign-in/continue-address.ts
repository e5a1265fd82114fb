import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import type { OriginTrust } from '../../common/http/origins/trusted-origins.js';
import type { AuthRoutes } from '../../common/http/routes/auth-routes.js';

/** Where a browser goes on from one of our pages with its session; the account where nothing was asked for. @throws AuthError 403 */
export async function continueAddress(
  given: string | undefined,
  trust: OriginTrust,
  routes: AuthRoutes,
): Promise<string> {
  return given ? requireCallbackUrl(given, trust) : routes.publicPathOf('/account');
}
