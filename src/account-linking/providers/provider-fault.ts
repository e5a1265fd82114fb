/** What went wrong between us and a provider. */
export type ProviderFaultKind = 'refused' | 'invalid' | 'unavailable';

/**
 * A provider said no (`refused`: an OAuth error answer), said something that does not hold (`invalid`: a wrong signature, nonce,
 * issuer, shape), or nothing (`unavailable`). The message goes to the log; of the provider only its error code is in it, never a body.
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
