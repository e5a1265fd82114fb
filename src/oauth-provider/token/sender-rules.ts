import { invalidProof } from '../../common/dpop/dpop.errors.js';
import { NO_PROOF, type PresentedProofs, type SenderProof } from '../../common/ports/sender-proof.js';
import type { ClientRules } from '../clients/metadata/client-rules.js';

/**
 * What the tokens of a client are bound to, by its rules and by what its request proves.
 * @throws AuthError 400 `invalid_dpop_proof` when it must prove a key and has not (RFC 9449 5.2)
 */
export function senderOf({ binding }: ClientRules, { key }: PresentedProofs): SenderProof {
  if (key === null && binding !== 'optional') throw invalidProof('the tokens of this client are bound to a key');
  return key ?? NO_PROOF;
}
