/** What went wrong between us and a provider. */
export type ProviderFaultKind = 'refused' | 'invalid' | 'unavailable';

/**
 * A provider refused (`refused`: an OAuth error response), sent something invalid (`invalid`: a wrong signature, nonce, issuer, shape), or
 * did not reply (`unavailable`). The message goes to the log; from the provider it holds only the error code, never a body.
 */
export class ProviderFault extends Error {
  override readonly name = 'ProviderFault';

  constructor(
    readonly kind: ProviderFaultKind,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
