/** RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 7518 3.3, 3.5). */
export const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
/**
 * Algorithms for clients' keys. Never symmetric: anyone who has the public key could sign with it. Never `none`, which proves nothing
 * (T060).
 */
export const KEY_ALGORITHMS = [...RSA_ALGORITHMS, 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
/** For clients whose secret is an HMAC key; those we make are as long as HS256 requires (RFC 7518 3.2), not longer. */
export const SECRET_ALGORITHMS = ['HS256'];
/** Of signed responses and answers of introspection to clients that choose none (JARM 3, RFC 9701 6). */
export const DEFAULT_ANSWER_ALGORITHM = 'RS256';
/** All that clients may sign an assertion (RFC 7523) or a request (RFC 9101) with. */
export const CLIENT_ALGORITHMS: readonly string[] = [...KEY_ALGORITHMS, ...SECRET_ALGORITHMS];
