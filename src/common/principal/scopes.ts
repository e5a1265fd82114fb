/** RFC 6749 3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ). */
const SCOPE_TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

export function isScopeToken(value: string): boolean {
  return SCOPE_TOKEN.test(value);
}

/**
 * Splits a `scope` parameter. Duplicates are removed, the order is kept.
 * @returns `null` when a token breaks the grammar of RFC 6749 3.3.
 */
export function parseScope(value: string): string[] | null {
  const tokens = [...new Set(value.split(' ').filter((token) => token !== ''))];
  return tokens.every(isScopeToken) ? tokens : null;
}

export function formatScope(scopes: Iterable<string>): string {
  return [...scopes].join(' ');
}

/** Whether every requested scope is among those held. An empty request is a subset of everything. */
export function isSubset(asked: Iterable<string>, held: ReadonlySet<string>): boolean {
  for (const scope of asked) if (!held.has(scope)) return false;
  return true;
}
