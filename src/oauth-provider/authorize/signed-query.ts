import type { SecretBox } from '../../common/secrets/secret-box.js';

/** Names the waiting request among the parameters that a host's page is called with. */
export const HANDLE_PARAMETER = 'authorization_request';

/**
 * The query with which a host's own page is called, as better-auth's `oauthProviderClient()` sends it back (`oauth_query`): signed, so that
 * the page cannot be called with another one. All that counts of it afterwards is the handle; the rest is for the page to show (T065).
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

/** @returns the handle; null when the query is not one of ours, was changed, or is older than `exp` */
export function readSignedQuery(text: string, nowMilliseconds: number, box: SecretBox): string | null {
  const given = new URLSearchParams(text);
  const signatures = given.getAll('sig');
  // A page may have parameters of its own, and sends back all it was called with. What was not signed is not looked at.
  const signed = new Set(given.getAll('ba_param'));
  const query = new URLSearchParams([...given].filter(([name]) => signed.has(name) && name !== 'sig'));
  if (signatures.length !== 1 || !box.verify(canonical(query), signatures[0]!)) return null;
  const expiry = Number(query.get('exp'));
  return Number.isFinite(expiry) && expiry * 1000 > nowMilliseconds ? query.get(HANDLE_PARAMETER) : null;
}

/** All parameters but the signature, sorted by name and then by value. */
function canonical(query: URLSearchParams): string {
  const pairs = [...query].toSorted(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
  return new URLSearchParams(pairs).toString();
}
