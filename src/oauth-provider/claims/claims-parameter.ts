import { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import type { ClaimsRequest } from '../../common/ports/authorization-server.js';
import { parseBody } from '../../common/http/request/request-body.js';

/** Bytes in UTF-8. */
const MAX_BYTES = 2_048;
const MAX_CLAIMS = 60;

/** A number with an exponent is written out where it is stored, and `1e308` has 309 digits. */
const claimValue = z.json().refine((json) => !hasExponent(json), 'a number is out of range');
const one = z
  .object({
    essential: z.boolean().optional(),
    value: claimValue.optional(),
    values: z.array(claimValue).max(20).optional(),
  })
  .nullable();
const claims = z
  .record(z.string().min(1).max(128), one)
  .refine((map) => Object.keys(map).length <= MAX_CLAIMS, 'too many claims');
/** Other members are for other places, and are left alone (OIDC Core 5.5). */
const ClaimsParameter = z.object({ userinfo: claims.optional(), id_token: claims.optional() });

/** Reads the `claims` parameter (OIDC Core 5.5). @throws AuthError 400 `invalid_request` */
export function readClaimsParameter(text: string | undefined): ClaimsRequest | null {
  if (text === undefined) return null;
  const parsed = Buffer.byteLength(text) <= MAX_BYTES ? ClaimsParameter.safeParse(parseJson(text)) : null;
  if (!parsed?.success) throw AuthError.invalidRequest('claims is no claims request');
  const { userinfo, id_token: idToken } = parsed.data;
  return { ...(userinfo && { userinfo }), ...(idToken && { id_token: idToken }) } as ClaimsRequest;
}

/**
 * A `sub` that the ID token must have (OIDC Core 5.5.1). Whatever else is asked for is refused, not passed over: an answer about another
 * user is what the client must never get (OIDC Core 3.1.2.2).
 * @throws AuthError 400 `invalid_request` when it is no text, or one of several
 */
export function requestedSubject(request: ClaimsRequest | null): string | null {
  const { value, values } = request?.id_token?.['sub'] ?? {};
  if (value === undefined && values === undefined) return null;
  const [subject, ...others] = new Set([...(value === undefined ? [] : [value]), ...(values ?? [])]);
  if (typeof subject === 'string' && others.length === 0) return subject;
  throw AuthError.invalidRequest('claims may ask for one sub, and as a text');
}

/** Names of claims that a user is asked for beyond the scopes; `sub` and those about the sign-in are nobody's secret. */
export function namedClaims(request: ClaimsRequest | null): string[] {
  const names = [...Object.keys(request?.userinfo ?? {}), ...Object.keys(request?.id_token ?? {})];
  return [...new Set(names)]
    .filter((name) => !['sub', 'acr', 'amr', 'auth_time', 'iss', 'aud'].includes(name))
    .toSorted();
}

function hasExponent(json: unknown): boolean {
  if (typeof json === 'number') return String(json).includes('e');
  return typeof json === 'object' && json !== null && Object.values(json).some(hasExponent);
}

/** As strict as a body: what it names is stored, and PostgreSQL takes neither NUL nor half a character (T003). */
function parseJson(text: string): unknown {
  try {
    return parseBody('json', Buffer.from(text));
  } catch (error) {
    if (error instanceof AuthError) return undefined;
    throw error;
  }
}
