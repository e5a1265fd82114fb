/** The claims of a verified token, or the answer of an introspection endpoint. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/** Finds a value in claims; undefined when it is not there. */
export type ClaimReader = (claims: TokenClaims) => unknown;

/** A name, or one in double quotes, which may contain anything but a double quote. */
const SEGMENT = /(?:"([^"]+)"|([A-Za-z0-9_:@$-]+))(?:\.(?!$)|$)/y;

/**
 * Reads a path such as `realm_access.roles`, `cognito:groups` or `"https://example.com/roles"`. Each segment names a member of the one
 * before it; a name with dots, slashes or spaces stands in double quotes.
 * @throws Error when the path cannot be read; the caller says which option it is
 */
export function claimPath(path: string): ClaimReader {
  const names: string[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < path.length) {
    const segment = SEGMENT.exec(path);
    if (!segment) throw new Error('names with other characters stand in double quotes, and dots stand between names');
    names.push((segment[1] ?? segment[2])!);
  }
  if (names.length === 0) throw new Error('it is empty');
  return (claims) => names.reduce<unknown>(memberOf, claims);
}

/** Own members only: a path must not reach what every object inherits. */
function memberOf(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isObject ? (value as TokenClaims)[name] : undefined;
}

/** The texts of a list, or of a single text. Anything else counts as none. */
export function textsOf(value: unknown): string[] {
  return [value].flat().filter((one): one is string => typeof one === 'string' && one !== '');
}
