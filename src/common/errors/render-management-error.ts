import type { AuthError } from './auth-error.js';
import { commonErrorHeaders, type RenderedError } from './rendered-error.js';

/** `{ code, message, statusCode }`: what the better-auth client reads from management routes. */
export function renderManagementError(error: AuthError): RenderedError {
  const body: Record<string, unknown> = { code: error.code, message: error.description, statusCode: error.status };
  if (error.details) body['details'] = error.details;
  return { status: error.status, headers: commonErrorHeaders(error), body };
}
