/**
 * Members by which a client asks for protection that this server does not offer (RFC 9701, JARM, OIDC Registration 2).
 */
const UNSUPPORTED = [
  'id_token_encrypted_response_alg',
  'id_token_encrypted_response_enc',
  'userinfo_encrypted_response_alg',
  'userinfo_encrypted_response_enc',
  'request_object_encryption_alg',
  'request_object_encryption_enc',
  'authorization_encrypted_response_alg',
  'authorization_encrypted_response_enc',
  'introspection_encrypted_response_alg',
  'introspection_encrypted_response_enc',
] as const;
export const UNSUPPORTED_MEMBERS: ReadonlySet<string> = new Set(UNSUPPORTED);

/**
 * The unsupported protection that metadata asks for; null when there is none (F48). A client that asks for bound tokens and silently gets
 * bearer tokens would rely on a protection it does not have; other unknown members are left out (RFC 7591 2).
 */
export function unsupportedFault(input: Readonly<Record<string, unknown>>): string | null {
  const isAsked = (name: string) =>
    Object.hasOwn(input, name) && ![undefined, null, false, ''].includes(input[name] as null);
  const asked = UNSUPPORTED.find(isAsked);
  return asked === undefined ? null : `${asked}: this server does not offer it; leave it out`;
}
