import { Injectable } from '@nestjs/common';
import { HttpReply } from '../common/http/request/reply.js';
import { SigningKeys } from '../common/keys/signing-keys.js';

/** The reply of every route that serves the key set. */
@Injectable()
export class JwksDocument {
  constructor(private readonly keys: SigningKeys) {}

  /** @returns 304 without a body when the caller already has this key set (RFC 9110 13.1.2). @throws AuthError 503 without keys */
  readonly answer = async (ifNoneMatch: string | undefined): Promise<HttpReply> => {
    const { body, etag, maxAgeSeconds } = await this.keys.keySet();
    const reply = new HttpReply(body)
      .header('Cache-Control', maxAgeSeconds > 0 ? `public, max-age=${maxAgeSeconds}` : 'public, no-cache')
      .header('ETag', etag);
    return matches(ifNoneMatch, etag) ? reply.withStatus(304) : reply;
  };
}

/** RFC 9110 13.1.2: weak comparison; a proxy may have marked our tag as weak. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((one) => one.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
