/** Why an outbound request gave no answer. Stable words; they may leave the process. */
export type OutboundFaultReason =
  'address_refused' | 'timeout' | 'unreachable' | 'answer_too_large' | 'malformed_answer' | 'overloaded';

/** An outbound request that gave no answer. The message names the host at most: never a path, a header or a body. */
export class OutboundFault extends Error {
  override readonly name = 'OutboundFault';

  constructor(
    readonly reason: OutboundFaultReason,
    message: string,
  ) {
    super(message);
  }
}
