import { AuthError } from '../errors/auth-error.js';

const MAX_VALUE_LENGTH = 16_384;

/** Parameters of an OAuth request (RFC 6749 3.1, 3.2). An empty parameter counts as absent. */
export interface OAuthForm {
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** The parameters that may be repeated. */
  readonly repeated: Readonly<Record<string, readonly string[]>>;
}

/**
 * Reads the parameters of a form, a query or a JSON object.
 * @param repeatable names that may occur more than once (`resource`, RFC 8707 2)
 * @throws AuthError 400 `invalid_request` for a parameter that is repeated, too long or not a text
 */
export function readForm(source: unknown, repeatable: readonly string[] = []): OAuthForm {
  const parameters: Record<string, string> = {};
  const repeated: Record<string, string[]> = {};
  for (const [name, value] of Object.entries((source ?? {}) as Record<string, unknown>)) {
    const values = (Array.isArray(value) ? value : [value])
      .map((one) => requireText(name, one))
      .filter((one) => one !== '');
    if (repeatable.includes(name)) repeated[name] = values;
    else if (Array.isArray(value))
      throw AuthError.invalidRequest('A parameter is repeated', `repeated: ${name.slice(0, 64)}`);
    else if (values[0] !== undefined) parameters[name] = values[0];
  }
  return { parameters, repeated };
}

/** Callers that send JSON may write numbers and booleans without quotes. */
function requireText(name: string, value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return '';
  if (typeof value === 'string' && value.length <= MAX_VALUE_LENGTH) return value;
  throw AuthError.invalidRequest('A parameter is no text or too long', `parameter ${name.slice(0, 64)}`);
}
