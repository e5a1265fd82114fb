import type { SigningAlgorithm } from '../../../common/keys/signing-algorithm.js';
import { DEFAULT_ANSWER_ALGORITHM } from './client-algorithms.js';
import type { ClientRules } from './client-rules.js';

/** What this server signs for a client, by the member that chooses the algorithm. */
export const SIGNED_ANSWERS = [
  'id_token_signed_response_alg',
  'userinfo_signed_response_alg',
  'authorization_signed_response_alg',
  'introspection_signed_response_alg',
] as const;
export type SignedAnswer = (typeof SIGNED_ANSWERS)[number];

interface AskingClient {
  readonly metadata: Readonly<Partial<Record<SignedAnswer, SigningAlgorithm>>>;
  readonly rules: Pick<ClientRules, 'algorithms'>;
}

/**
 * The algorithm that an answer to a client is signed with: the registered one; else RS256 for responses and introspection, if there is a key
 * for it (JARM 3, RFC 9701 6); else the first that there is, as for ID tokens. Never one that the rules of the client exclude (FAPI 2.0 Security
 * Profile 5.4.1).
 * @param kept the algorithms that this server keeps keys for. At least one of them is allowed to every client, or the boot stops
 */
export function answerAlgorithm(
  { metadata, rules }: AskingClient,
  answer: SignedAnswer,
  kept: readonly SigningAlgorithm[],
): SigningAlgorithm {
  const allowed = kept.filter((one) => rules.algorithms.includes(one));
  const byDefault = answer === 'id_token_signed_response_alg' ? undefined : DEFAULT_ANSWER_ALGORITHM;
  return allowed.find((one) => one === metadata[answer]) ?? allowed.find((one) => one === byDefault) ?? allowed[0]!;
}
