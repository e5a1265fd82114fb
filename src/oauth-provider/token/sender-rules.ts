import { invalidProof } from '../../common/dpop/dpop.errors.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { NO_PROOF, type KeyProof, type PresentedProofs, type SenderProof } from '../../common/ports/sender-proof.js';
import type { ClientRules } from '../clients/metadata/client-rules.js';

/**
 * What the tokens of a client are bound to, by its rules and by what its request proves. A certificate alone asks for nothing: a host that
 * asks every caller for one would bind what nobody wanted bound.
 * @throws AuthError 400 `invalid_dpop_proof` when it must prove a key and has not (RFC 9449 5.2), `invalid_grant` when it must show a certificate
 *   (RFC 8705 3.4), `invalid_request` when it asks for another binding than that
 */
export function senderOf(rules: ClientRules, { key, certificate }: PresentedProofs, grantType: string): SenderProof {
  const { binding } = rules;
  requireAlgorithm(rules, key);
  if (binding === 'certificate') {
    if (key) throw AuthError.invalidRequest('The tokens of this client are bound to its certificate, not to a key');
    return ofCertificate(certificate);
  }
  if (key) return key;
  if (binding === 'optional') return NO_PROOF;
  if (binding === 'either' && certificate !== null) return ofCertificate(certificate);
  // A refresh token is of no use to who does not hold a key (RFC 9449 5).
  if (grantType === 'refresh_token') throw AuthError.invalidGrant('refresh token: there is no proof of a key');
  throw invalidProof('the tokens of this client are bound to a key');
}

/** FAPI 2.0 Security Profile 5.4.1: also for proofs. @throws AuthError 400 `invalid_dpop_proof` */
export function requireAlgorithm({ algorithms }: ClientRules, key: KeyProof | null): void {
  if (key && !algorithms.includes(key.algorithm))
    throw invalidProof(`this client signs with ${algorithms.join(', ')}, not with ${key.algorithm}`);
}

/** Nothing is used up: the connection proves it with every request. */
function ofCertificate(thumbprint: string | null): SenderProof {
  if (thumbprint === null)
    throw AuthError.invalidGrant('the tokens of this client are bound to its certificate: there is none');
  return { ...NO_PROOF, confirmation: { 'x5t#S256': thumbprint } };
}
