/** RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 7518 3.3, 3.5). */
export const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
/**
 * What clients sign with a key. Never a symmetric one: what proves a client by its key must not be made of the key's public half. Never
 * `none`, which proves nothing (T060).
 */
export const KEY_ALGORITHMS = [...RSA_ALGORITHMS, 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
/** Of clients whose secret is an HMAC key; ours are as long as HS256 asks (RFC 7518 3.2), not longer. */
export const SECRET_ALGORITHMS = ['HS256'];
/** All that clients may sign with, an assertion (RFC 7523) or a request (RFC 9101). */
export const CLIENT_ALGORITHMS: readonly string[] = [...KEY_ALGORITHMS, ...SECRET_ALGORITHMS];
