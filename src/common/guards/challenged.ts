import type { ExecutionContext } from '@nestjs/common';
import type { AuthError } from '../errors/auth-error.js';
import { policyOf } from '../http/routes/auth-policy.js';
import type { GuardServices } from './guard-services.js';

/**
 * The refusal, with what its handler accepts. Over HTTP the request's context has that, for the filter; elsewhere one request may reach
 * several handlers at the same time, so it goes with the error.
 */
export function challenged(
  error: AuthError,
  context: ExecutionContext,
  services: Pick<GuardServices, 'challengeOf'> | undefined,
): AuthError {
  if (services && context.getType() !== 'http')
    error.challenge ??= services.challengeOf(policyOf(context.getHandler(), context.getClass()));
  return error;
}
