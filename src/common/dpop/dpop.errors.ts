import { AuthError } from '../errors/auth-error.js';

/** RFC 9449 5 and 7.1. Where tokens are given the status is 400; a guard makes it 401. */
export function invalidProof(detail: string): AuthError {
  return AuthError.oauth(
    'invalid_dpop_proof',
    'The DPoP proof is missing, malformed, stale or not for this request',
    detail,
  );
}

/** RFC 9449 8 and 9: the same request with this nonce in its proof may pass. */
export function nonceNeeded(nonce: string): AuthError {
  return new AuthError({
    status: 400,
    code: 'USE_DPOP_NONCE',
    error: 'use_dpop_nonce',
    description: 'The DPoP proof needs the nonce of the DPoP-Nonce header',
    headers: { 'DPoP-Nonce': nonce },
  });
}

/** The same at a resource, where a request without a good proof is not authenticated (RFC 9449 7.1, 9). */
export function atResource(error: unknown): unknown {
  if (!(error instanceof AuthError) || !isOfProof(error)) return error;
  const { code, error: oauth, description, detail, headers } = error;
  return new AuthError({ status: 401, code, error: oauth, description, detail, headers });
}

/** A message or a socket has no method and no address that a proof could be for. */
export function noRequestToProve(): AuthError {
  return new AuthError({
    status: 401,
    code: 'UNAUTHORIZED',
    error: 'invalid_token',
    description: 'A token that is bound to a key needs an HTTP request of its own',
  });
}

/** Whether the same request may pass with the nonce that came with this refusal. */
export function isNonceNeeded({ error }: AuthError): boolean {
  return error === 'use_dpop_nonce';
}

/** Whether an error is about the proof, not about what it came with. */
export function isOfProof({ error }: AuthError): boolean {
  return error === 'invalid_dpop_proof' || error === 'use_dpop_nonce';
}
