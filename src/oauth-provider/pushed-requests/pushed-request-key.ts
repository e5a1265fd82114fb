import { AuthError } from '../../common/errors/auth-error.js';
import type { Confirmation } from '../../common/principal/confirmation.js';
import type { AuthorizationParameters } from '../codes/authorization-parameters.js';

/**
 * The code will be redeemed by this key: that of `dpop_jkt`, or that of the proof that came with the pushed request (RFC 9449 10.1).
 * @param proven by a proof; null: none came
 * @throws AuthError 400 `invalid_request` when they are of different keys
 */
export function boundToKey(parameters: AuthorizationParameters, proven: Confirmation | null): AuthorizationParameters {
  if (proven === null || !('jkt' in proven)) return parameters;
  const { dpopKeyThumbprint: named = proven.jkt } = parameters;
  if (named !== proven.jkt) throw AuthError.invalidRequest('dpop_jkt is not the key of the proof (RFC 9449 10.1)');
  return { ...parameters, dpopKeyThumbprint: named };
}
