/** Why an outbound request got no response. Stable words, which may be shown to callers. */
export type OutboundFaultReason =
  'address_refused' | 'timeout' | 'unreachable' | 'answer_too_large' | 'malformed_answer' | 'overloaded';

/** An outbound request that got no response. The message names at most the host, never a path, a header or a body. */
export class OutboundFault extends Error {
  override readonly name = 'OutboundFault';

  constructor(
    readonly reason: OutboundFaultReason,
    message: string,
  ) {
    super(message);
  }
}
