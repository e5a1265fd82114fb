import { SignJWT } from 'jose';
import { v4 as uuid } from 'uuid';
import type { ClientAuthentication } from './client-authentication.js';

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const LIFETIME_SECONDS = 120;
/** The provider's clock may be behind ours. */
const SKEW_SECONDS = 30;

/**
 * Signs a `private_key_jwt` (RFC 7523 3, OpenID Connect Core 9). Single use and short-lived.
 * @param nowSeconds since 1970
 */
export async function signAssertion(
  authentication: Extract<ClientAuthentication, { method: 'private_key_jwt' }>,
  clientId: string,
  audience: string,
  nowSeconds: number,
): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: authentication.algorithm, typ: 'JWT', ...authentication.header })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setJti(uuid())
    .setIssuedAt(nowSeconds)
    .setNotBefore(nowSeconds - SKEW_SECONDS)
    .setExpirationTime(nowSeconds + LIFETIME_SECONDS)
    .sign(authentication.key);
}
