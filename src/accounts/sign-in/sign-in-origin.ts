import type { ClientAddress } from '../../common/http/client-address.js';
import { header } from '../../common/http/headers.js';
import type { GuardedRequest } from '../../common/http/request-scope.js';

/** Where a sign-in comes from. */
export interface SignInOrigin {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

export function signInOriginOf(request: GuardedRequest, addresses: ClientAddress): SignInOrigin {
  return { ipAddress: addresses.of(request), userAgent: header(request.headers, 'user-agent') ?? null };
}
