import type { SecretBox } from '../../common/secrets/secret-box.js';

/** The parameter that names the waiting request in the query of a host's page. */
export const HANDLE_PARAMETER = 'authorization_request';

/**
 * The query of a host's own page, which better-auth's `oauthProviderClient()` sends back (`oauth_query`). Signed, so that nobody can change
 * it. Afterwards only the handle in it counts; the rest is for the page to show (T065).
 */
export function signQuery(
  parameters: Readonly<Record<string, string>>,
  times: { readonly expiresAtSeconds: number; readonly issuedAtMilliseconds: number },
  box: SecretBox,
): string {
  const query = new URLSearchParams({
    ...parameters,
    exp: String(times.expiresAtSeconds),
    ba_iat: String(times.issuedAtMilliseconds),
  });
  for (const name of [...query.keys(), 'ba_param'].toSorted()) query.append('ba_param', name);
  query.append('sig', box.sign(canonical(query)));
  return query.toString();
}

/** @returns the handle; null when this server did not sign the query, or it was changed, or `exp` has passed */
export function readSignedQuery(text: string, nowMilliseconds: number, box: SecretBox): string | null {
  const given = new URLSearchParams(text);
  const signatures = given.getAll('sig');
  // The page sends back its whole query, which may hold parameters of its own: unsigned ones are ignored.
  const signed = new Set(given.getAll('ba_param'));
  const query = new URLSearchParams([...given].filter(([name]) => signed.has(name) && name !== 'sig'));
  if (signatures.length !== 1 || !box.verify(canonical(query), signatures[0]!)) return null;
  const expiry = Number(query.get('exp'));
  return Number.isFinite(expiry) && expiry * 1000 > nowMilliseconds ? query.get(HANDLE_PARAMETER) : null;
}

/** Sorted by name and then by value. */
function canonical(query: URLSearchParams): string {
  const pairs = [...query].toSorted(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
  return new URLSearchParams(pairs).toString();
}
