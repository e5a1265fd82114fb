import { AuthError } from '../../common/errors/auth-error.js';
import type { ProviderKind } from './provider.settings.js';

function prefixed(kind: ProviderKind, code: string): string {
  return kind === 'microsoft' ? `MICROSOFT_${code}` : code;
}

/** 404 `MICROSOFT_APPLICATION_NOT_FOUND`. */
export function applicationNotFound(kind: ProviderKind): AuthError {
  return new AuthError({
    status: 404,
    code: prefixed(kind, 'APPLICATION_NOT_FOUND'),
    error: 'invalid_request',
    description: 'There is no application of this name',
  });
}

/** 500 `MICROSOFT_PROVIDER_NOT_CONFIGURED`. */
export function providerNotConfigured(kind: ProviderKind, provider: string): AuthError {
  return new AuthError({
    status: 500,
    code: prefixed(kind, 'PROVIDER_NOT_CONFIGURED'),
    description: 'The provider of this application is not configured',
    detail: `clientCredentials.outbound.providers has no "${provider}"`,
  });
}

/** 500 `MICROSOFT_PROVIDER_INVALID_CONFIG`. What is missing goes to the log. */
export function providerInvalid(kind: ProviderKind, provider: string, problem: string): AuthError {
  return new AuthError({
    status: 500,
    code: prefixed(kind, 'PROVIDER_INVALID_CONFIG'),
    description: 'The configuration of the provider of this application is not complete',
    detail: `clientCredentials.outbound.providers.${provider}: ${problem}`,
  });
}

/**
 * 502 `MICROSOFT_TOKEN_REQUEST_FAILED`, with the provider's error code or one of ours, never its body (T109).
 * @param retryAfterSeconds until a process asks the provider again
 */
export function tokenRequestFailed(
  kind: ProviderKind,
  application: string,
  failure: string,
  retryAfterSeconds: number,
): AuthError {
  return new AuthError({
    status: 502,
    code: prefixed(kind, 'TOKEN_REQUEST_FAILED'),
    error: 'server_error',
    description: `The token request failed: ${failure}`,
    detail: `token request for "${application}" failed: ${failure}`,
    details: { upstreamError: failure },
    retryAfterSeconds,
  });
}
