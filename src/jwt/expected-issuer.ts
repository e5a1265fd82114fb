import type { JwtSettings } from './jwt.options.js';

/** `iss` as the unverified payload has it; undefined when that cannot be read. */
export function claimedIssuer(token: string): string | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString('utf8'));
    const issuer = (payload as { iss?: unknown } | null)?.iss;
    return typeof issuer === 'string' ? issuer : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The `iss` that an access token of ours must have. `jwt.issuer` names what is made from sessions; a client's token names the
 * authorization server, as its metadata does (RFC 9068 2.2, 4).
 * @param claimed only picks one of the two; the signature then proves it
 */
export function expectedIssuer(
  claimed: string | undefined,
  { issuer, defaultAudience: server }: Pick<JwtSettings, 'issuer' | 'defaultAudience'>,
): string {
  return claimed === server ? server : issuer;
}
