/** What can end a cached credential. `key` is a signing key; `token` an access token's row or the `jti` of a JWT; `limit` the row that counts for an API key, whose permits are called back. */
export type TagKind = 'subject' | 'session' | 'family' | 'client' | 'token' | 'key' | 'apikey' | 'limit';

/** A tag of a cached credential, in the form that notifications carry: one line, no control characters. */
export function tag(kind: TagKind, id: string): string {
  return `${kind}:${id.replaceAll(/[\x00-\x1F]/g, ' ')}`;
}
