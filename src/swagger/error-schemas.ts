import type { ErrorShape } from '../common/http/routes/describe-route.js';

type ErrorSchema = { type: string; required: string[]; properties: Record<string, object> };

/**
 * JSON schema of an error reply in one of the two shapes, with its code as the example.
 * @param codes the description of the reply, which begins with its codes, e.g. `INVALID_EMAIL, PASSWORD_TOO_SHORT`
 * @param guarded whether our guard protects the route: its errors have the member `error` (RFC 6750)
 */
export function errorSchema(shape: ErrorShape, status: number, codes: string, guarded: boolean): ErrorSchema {
  const code = /^[A-Z_]+|^[a-z_]+(?=[,:]|$)/.exec(codes)?.[0] ?? DEFAULT_CODES[status] ?? 'BAD_REQUEST';
  if (shape === 'oauth') {
    return {
      type: 'object',
      required: ['error'],
      properties: { error: { type: 'string', example: code }, error_description: { type: 'string' } },
    };
  }
  return {
    type: 'object',
    required: ['code', 'message'],
    properties: {
      code: { type: 'string', example: code },
      message: { type: 'string' },
      statusCode: { type: 'integer', example: status },
      ...(guarded &&
        GUARD_ERRORS[status] && {
          error: {
            type: 'string',
            description: 'RFC 6750 3.1; absent without a credential.',
            example: GUARD_ERRORS[status],
          },
        }),
    },
  };
}

const DEFAULT_CODES: Readonly<Record<number, string>> = { 401: 'UNAUTHORIZED', 403: 'INSUFFICIENT_SCOPE' };
const GUARD_ERRORS: Readonly<Record<number, string>> = { 401: 'invalid_token', 403: 'insufficient_scope' };
