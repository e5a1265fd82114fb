import { z } from 'zod';
import type { ErrorShape } from '../common/http/routes/describe-route.js';

const ManagementError = z
  .object({
    code: z.string().meta({ description: 'What went wrong, for programs. Stable.' }),
    message: z.string().meta({ description: 'The same for people. May change.' }),
    statusCode: z.int().optional().meta({ description: 'The status of the answer.' }),
    error: z
      .string()
      .optional()
      .meta({ description: 'What was wrong with the credential (RFC 6750 3.1); absent when there was none.' }),
    details: z.record(z.string(), z.unknown()).optional().meta({ description: 'More about some errors.' }),
  })
  .meta({ id: 'AuthManagementError' });
const OAuthError = z
  .object({
    error: z.string().meta({ description: 'What went wrong, for programs (RFC 6749 5.2). Stable.' }),
    error_description: z.string().optional().meta({ description: 'The same for developers. May change.' }),
  })
  .meta({ id: 'AuthOAuthError' });

export const ERROR_SCHEMAS: Readonly<Record<ErrorShape, z.ZodType>> = {
  management: ManagementError,
  oauth: OAuthError,
};

const MANAGEMENT_CODES = /^[A-Z][A-Z_]+$/;
const OAUTH_CODES = /^[a-z]+_[a-z_]+$|^unauthorized$/;

/** An example of an error answer for each of its codes. @param text its description, which begins with its codes */
export function errorExamples(shape: ErrorShape, status: number, text: string): Record<string, { value: object }> {
  const [listed = ''] = text.split(/[:;]/, 1);
  const pattern = shape === 'oauth' ? OAUTH_CODES : MANAGEMENT_CODES;
  const codes = listed.split(/,\s*(?:and |or )?/).filter((word) => pattern.test(word));
  return Object.fromEntries(codes.map((code) => [code, { value: exampleOf(shape, status, code) }]));
}

function exampleOf(shape: ErrorShape, status: number, code: string): object {
  if (shape === 'oauth') return { error: code, error_description: 'What is wrong with the request' };
  return { code, message: 'What is wrong with the request', statusCode: status };
}
