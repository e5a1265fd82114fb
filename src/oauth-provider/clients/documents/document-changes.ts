import { isDeepStrictEqual } from 'node:util';
import { isLoopbackRedirect } from '../metadata/address-rules.js';
import type { ClientMetadata } from '../metadata/client-metadata.js';

/** A member of a document that matters to who has trusted it. */
export type WatchedMember = 'redirect_uris' | 'token_endpoint_auth_method' | 'jwks' | 'jwks_uri' | 'client_name';

const WATCHED: readonly WatchedMember[] = [
  'redirect_uris',
  'token_endpoint_auth_method',
  'jwks',
  'jwks_uri',
  'client_name',
];
const PROOFS: readonly WatchedMember[] = ['token_endpoint_auth_method', 'jwks', 'jwks_uri'];

export interface DocumentChange {
  readonly changed: readonly WatchedMember[];
  /** Whether it may be another's now: it proves itself otherwise, or sends users to a place that they have not been told of. */
  readonly isGrave: boolean;
}

/** What matters of the difference between two readings of a document. */
export function changeOf(before: ClientMetadata, after: ClientMetadata): DocumentChange {
  const changed = WATCHED.filter((name) => !isDeepStrictEqual(before[name] ?? null, after[name] ?? null));
  const known = new Set(before.redirect_uris.map(placeOf));
  const isElsewhere = after.redirect_uris.some((uri) => !known.has(placeOf(uri)));
  return { changed, isGrave: isElsewhere || changed.some((name) => PROOFS.includes(name)) };
}

/** Scheme and host: the path is its own affair, and on the user's machine the port is whatever is free. */
function placeOf(uri: string): string {
  const { protocol, host, hostname } = new URL(uri);
  return `${protocol}//${isLoopbackRedirect(uri) ? hostname : host}`;
}
