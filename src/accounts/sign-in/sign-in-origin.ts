import type { ClientAddress } from '../../common/http/client-address.js';
import { header, type HeaderBag } from '../../common/http/headers.js';
import type { GuardedRequest } from '../../common/http/request-scope.js';

/** Where a sign-in comes from. */
export interface SignInOrigin {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /** Of the browser, with the session it may have. */
  readonly headers: HeaderBag;
}

export function signInOriginOf(request: GuardedRequest, addresses: ClientAddress): SignInOrigin {
  const { headers } = request;
  return { ipAddress: addresses.of(request), userAgent: header(headers, 'user-agent') ?? null, headers };
}
