import type { JwtSettings } from './jwt.options.js';

/**
 * The `iss` that an access token of ours must have. Tokens made from sessions name `jwt.issuer`; a client's token names the authorization
 * server, as its metadata does (RFC 9068 2.2, 4).
 * @param claimed only selects one of the two; the signature then proves it
 */
export function expectedIssuer(
  claimed: string | undefined,
  { issuer, defaultAudience: server }: Pick<JwtSettings, 'issuer' | 'defaultAudience'>,
): string {
  return claimed === server ? server : issuer;
}
