/** RFC 9126 2.2. */
const PREFIX = 'urn:ietf:params:oauth:request_uri:';

/** The `request_uri` of a pushed request. */
export function requestUriOf(handle: string): string {
  return PREFIX + handle;
}

/**
 * The handle in a `request_uri` that this server gave out. Whatever has its form is never fetched.
 * @param requestUri the parameter as it came
 * @returns null for an address (RFC 9101 5.2), or none
 */
export function pushedHandleIn(requestUri: unknown): string | null {
  return typeof requestUri === 'string' && requestUri.startsWith(PREFIX) ? requestUri.slice(PREFIX.length) : null;
}
