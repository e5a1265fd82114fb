import type { AuthError } from './auth-error.js';

/** What senders of messages and events get: what Nest's `RpcException` and `WsException` would carry. */
export interface ExceptionAnswer {
  readonly status: 'error';
  readonly code: string;
  readonly message: string;
  /** As over HTTP. */
  readonly statusCode: number;
  /** With 403 `INSUFFICIENT_SCOPE`. */
  readonly requiredScopes?: readonly string[];
  /** With 401 `INSUFFICIENT_USER_AUTHENTICATION`: `acr_values`, `max_age`. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Seconds. */
  readonly retryAfter?: number;
}

export function renderException(error: AuthError): ExceptionAnswer {
  const { code, description, status, requiredScopes, stepUp, details, retryAfterSeconds } = error;
  return {
    status: 'error',
    code,
    message: description,
    statusCode: status,
    ...(requiredScopes && { requiredScopes }),
    ...(stepUp && details && { details }),
    ...(retryAfterSeconds !== undefined && { retryAfter: Math.max(1, Math.ceil(retryAfterSeconds)) }),
  };
}
