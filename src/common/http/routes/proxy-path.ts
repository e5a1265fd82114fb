/** Where the router has the routes. */
export interface Mount {
  /** E.g. `/v1/api/auth`. */
  readonly basePath: string;
  /** Our own part of it, e.g. `/api/auth`; the rest is the host's global prefix. */
  readonly prefix: string;
}

/**
 * What a proxy in front adds to our paths, read from the issuer's path:
 * - If the issuer ends with the path of the routes, or with the host's global prefix, it names the application itself, as better-auth's
 *   `<base>/api/auth` does, and the part before that is the proxy's.
 * - Otherwise the whole path is the proxy's, which removes it.
 * @param issuerPath without a slash at the end; empty for an issuer without a path
 * @throws Error when the issuer names routes that are elsewhere; stops the boot
 */
export function proxyPathOf(issuerPath: string, mounts: readonly Mount[]): string {
  const own = mounts.find(({ basePath }) => issuerPath.endsWith(basePath));
  if (own) return issuerPath.slice(0, -own.basePath.length);
  const [{ basePath, prefix }] = mounts as [Mount];
  if (issuerPath === prefix || issuerPath.endsWith(prefix))
    throw new Error(
      `issuer: its path ${issuerPath} ends with the route prefix ${prefix}, and the routes are at ${basePath}. Take them out of the global prefix, setGlobalPrefix('…', { exclude: ['${prefix.slice(1)}/{*path}'] }), or give an issuer that ends with ${basePath}.`,
    );
  const globalPrefix = basePath.endsWith(prefix) ? basePath.slice(0, -prefix.length) : '';
  return issuerPath.slice(0, issuerPath.length - sharedLength(issuerPath, globalPrefix));
}

/** Length of the longest suffix of `path` that is also a prefix of `prefix`, by whole segments. */
function sharedLength(path: string, prefix: string): number {
  for (let start = 0; start < path.length; start = path.indexOf('/', start + 1)) {
    if (start < 0) return 0;
    const end = path.slice(start);
    if (prefix === end || prefix.startsWith(`${end}/`)) return end.length;
  }
  return 0;
}
