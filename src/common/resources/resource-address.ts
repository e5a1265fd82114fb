import { isLoopbackHost } from '../loopback-host.js';

/** RFC 9728 3. */
export const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** A path that routers read as it is written. */
const PLAIN_PATH = /^(?:\/[\w\-.~@$&',=]+)*\/?$/;

/** Where the document of a resource is, in parts. */
export interface ResourceAddress {
  /** The host with its port, as a request names it. */
  readonly host: string;
  /** Its path, without a slash at the end; empty at the root. */
  readonly path: string;
  /** With its question mark; empty: none. */
  readonly search: string;
  /** The identifier has a slash at its end. */
  readonly endsInSlash: boolean;
  /** The address of the document (RFC 9728 3.1). */
  readonly documentUrl: string;
}

/** @returns null for a resource that cannot have a document: no https (or http on loopback), or a path that a router would read as a pattern */
export function addressOf(resource: string): ResourceAddress | null {
  const { protocol, host, hostname, origin, pathname, search } = new URL(resource);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopbackHost(hostname))) return null;
  if (!PLAIN_PATH.test(pathname)) return null;
  const path = pathname.replace(/\/$/, '');
  const endsInSlash = path !== '' && path !== pathname;
  return { host, path, search, endsInSlash, documentUrl: `${origin}${WELL_KNOWN}${path}${search}` };
}
