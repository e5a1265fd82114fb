import { SIGNED_ANSWERS } from './answer-algorithm.js';
import type { ClientMetadata } from './client-metadata.js';
import { FAPI_ALGORITHMS, type FapiProfile } from './client-rules.js';
import { isSignedMode, modeNamed } from './response-modes.js';

/** Members by which a client chooses its own algorithm. */
const SIGNED_BY_CLIENT = ['token_endpoint_auth_signing_alg', 'request_object_signing_alg'] as const;

/**
 * What in metadata contradicts a profile of FAPI 2.0 about messages: their algorithms (Security Profile 5.4.1), signed requests and signed
 * responses (Message Signing 5.3, 5.4). Null: nothing.
 */
export function messageProfileFault(
  metadata: ClientMetadata,
  profile: FapiProfile | null,
  server: { readonly requestObjects: boolean; readonly signingAlgorithms: readonly string[] },
): string | null {
  if (profile === null) return null;
  const [name] = [...SIGNED_ANSWERS, ...SIGNED_BY_CLIENT].filter((one) => !isAllowed(metadata[one]));
  if (name !== undefined) return `${name}: profile ${profile} allows only ${FAPI_ALGORITHMS.join(', ')}`;
  if (!server.signingAlgorithms.some(isAllowed))
    return `profile: ${profile} needs a key for PS256, ES256 or EdDSA (idTokenAlgorithms)`;
  if (profile !== 'fapi2-message-signing') return null;
  if (!server.requestObjects)
    return `profile: ${profile} needs request objects, which are not offered (requestObjects)`;
  const hasSigned = metadata.response_modes?.some((mode) => isSignedMode(modeNamed(mode) ?? 'query')) ?? true;
  return hasSigned ? null : `response_modes: profile ${profile} allows only signed ones`;
}

function isAllowed(algorithm: string | undefined): boolean {
  return algorithm === undefined || FAPI_ALGORITHMS.includes(algorithm);
}
