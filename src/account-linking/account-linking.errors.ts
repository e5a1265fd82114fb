import { AuthError } from '../common/errors/auth-error.js';
import { ProviderFault } from './providers/provider-fault.js';

export function accountNotFound(): AuthError {
  return AuthError.badRequest('ACCOUNT_NOT_FOUND', 'Account not found');
}

export function providerNotFound(): AuthError {
  return new AuthError({ status: 404, code: 'PROVIDER_NOT_FOUND', description: 'Provider not found' });
}

export function alreadyLinked(): AuthError {
  return new AuthError({
    status: 409,
    code: 'SOCIAL_ACCOUNT_ALREADY_LINKED',
    description: 'Social account already linked',
  });
}

/** 401: sign-in or linking is refused. The code gives the reason; it holds nothing from the provider. */
export function refused(code: string, description: string, detail?: string): AuthError {
  return new AuthError({ status: 401, code, error: 'access_denied', description, detail });
}

/**
 * A provider's fault as callers may see it: 400 when it refused, 502 when it was unavailable or sent something invalid.
 * @param code stable; the provider's own code goes to the log
 */
export function fromProviderFault(error: unknown, code: string, description: string): unknown {
  if (!(error instanceof ProviderFault)) return error;
  const status = error.kind === 'refused' ? 400 : 502;
  const oauthCode = status === 502 ? 'temporarily_unavailable' : 'invalid_request';
  return new AuthError({ status, code, error: oauthCode, description, detail: error.message });
}
