import { HttpException } from '@nestjs/common';
import { AuthError } from '../../errors/auth-error.js';
import { toAuthError } from '../../database/database-errors.js';

const CODE_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
  503: 'SERVICE_UNAVAILABLE',
};
/** Our own texts: messages of frameworks repeat what the client sent. */
const TEXT_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'The request cannot be read',
  403: 'Forbidden',
  404: 'Not found',
  413: 'The body is too large',
  415: 'The media type is not supported',
};

/** Turns anything that was thrown on one of our paths into the one error type. Never exposes a message that we did not write. */
export function normaliseError(thrown: unknown): AuthError {
  const known = toAuthError(thrown);
  if (known instanceof AuthError) return known;
  const status = statusOf(thrown);
  if (status === undefined || status < 400 || status >= 500) return AuthError.internal(thrown);
  return new AuthError({
    status,
    code: CODE_BY_STATUS[status] ?? 'BAD_REQUEST',
    description: TEXT_BY_STATUS[status] ?? 'The request was refused',
    detail: thrown instanceof Error ? thrown.message : undefined,
    cause: thrown,
  });
}

/** The status of Nest's exceptions, of http-errors (Express parsers) and of Fastify's errors. */
function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const { statusCode, status } = (thrown ?? {}) as { statusCode?: unknown; status?: unknown };
  const value = statusCode ?? status;
  if (typeof value === 'number') return value;
  return thrown instanceof URIError ? 400 : undefined;
}
