import { AuthError } from '../../common/errors/auth-error.js';
import type { AuthorizationParameters } from '../codes/authorization-parameters.js';

/**
 * The code will be redeemed by this key: that of `dpop_jkt`, or that of the proof that came with the pushed request (RFC 9449 10.1).
 * @param provenThumbprint of the key of a verified proof; null: none came
 * @throws AuthError 400 `invalid_request` when they are of different keys
 */
export function boundToKey(
  parameters: AuthorizationParameters,
  provenThumbprint: string | null,
): AuthorizationParameters {
  if (provenThumbprint === null) return parameters;
  const { dpopKeyThumbprint: named = provenThumbprint } = parameters;
  if (named !== provenThumbprint)
    throw AuthError.invalidRequest('dpop_jkt is not the key of the proof (RFC 9449 10.1)');
  return { ...parameters, dpopKeyThumbprint: named };
}
