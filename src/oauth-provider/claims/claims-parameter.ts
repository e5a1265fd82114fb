import { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import type { ClaimsRequest } from '../../common/ports/authorization-server.js';
import { parseBody } from '../../common/http/request/request-body.js';

/** Bytes in UTF-8. */
const MAX_BYTES = 2_048;
const MAX_CLAIMS = 60;

/** `jsonb` stores a number with an exponent as plain digits: `1e308` becomes 309 of them. */
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
/** Members for other places are ignored (OIDC Core 5.5). */
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
 * The `sub` that the ID token must have (OIDC Core 5.5.1). Anything but one text is refused rather than ignored: the client must never get
 * a response about another user (OIDC Core 3.1.2.2).
 * @throws AuthError 400 `invalid_request` when it is not a text, or one of several
 */
export function requestedSubject(request: ClaimsRequest | null): string | null {
  const { value, values } = request?.id_token?.['sub'] ?? {};
  if (value === undefined && values === undefined) return null;
  const [subject, ...others] = new Set([...(value === undefined ? [] : [value]), ...(values ?? [])]);
  if (typeof subject === 'string' && others.length === 0) return subject;
  throw AuthError.invalidRequest('claims may ask for one sub, and as a text');
}

/** Names of requested claims that need consent beyond the scopes; `sub` and claims about the sign-in do not. */
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

/** As strict as for a request body: the result is stored, and PostgreSQL accepts neither NUL nor half a surrogate pair (T003). */
function parseJson(text: string): unknown {
  try {
    return parseBody('json', Buffer.from(text));
  } catch (error) {
    if (error instanceof AuthError) return undefined;
    throw error;
  }
}
