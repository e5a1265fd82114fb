import { AuthError } from '../../common/errors/auth-error.js';
import { readForm } from '../../common/grants/oauth-form.js';
import type { BearerAuthenticator } from '../../common/guards/bearer.authenticator.js';
import { presentedCredential } from '../../common/guards/presented-credential.js';
import type { GuardedRequest } from '../../common/http/request/request-context.js';

/** RFC 6750 2.1. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** What a request to userinfo brings besides its headers. */
export interface UserinfoRequest {
  readonly request: GuardedRequest;
  readonly query: unknown;
  /** Fields of the form; null: the body is not a form. */
  readonly form: unknown;
}

/**
 * The access token of a request: from the header, or from the form of a POST (RFC 6750 2.1, 2.2). Never from the address, which ends up in
 * logs and histories (RFC 9700 4.3.2), and never from two places at once.
 * @throws AuthError 400 `invalid_request` for two of them or one in the query, 401 without an error code for none
 */
export function presentedToken({ request, query, form }: UserinfoRequest, bearer: BearerAuthenticator): string {
  if (Object.hasOwn((query ?? {}) as object, 'access_token'))
    throw AuthError.invalidRequest('The access token must not be in the query');
  const rawHeaders = request.raw?.rawHeaders ?? request.rawHeaders;
  const inHeader = presentedCredential(request.headers, rawHeaders, [bearer])?.credential;
  const inForm = readForm(form).parameters['access_token'];
  if (inHeader !== undefined && inForm !== undefined)
    throw AuthError.invalidRequest('The access token was presented more than once');
  const token = inHeader ?? inForm;
  if (token === undefined) throw AuthError.unauthenticated();
  if (!TOKEN.test(token)) throw AuthError.invalidToken('malformed');
  return token;
}
