import type { IncomingMessage } from 'node:http';
import type { DpopProofs } from '../dpop/dpop-proofs.js';
import type { SharedReplays } from '../dpop/proof-replays.js';
import type { ProofAddresses } from '../guards/proof-addresses.js';
import { contextOf, type GuardedRequest } from '../http/request/request-context.js';
import type { PresentedProofs } from '../ports/sender-proof.js';

/** What a request for tokens proves besides who sends it (RFC 9449 5, RFC 8705 3). */
export class SenderProofs {
  private readonly read = new WeakMap<IncomingMessage, Promise<PresentedProofs>>();

  constructor(
    private readonly proofs: DpopProofs,
    private readonly replays: SharedReplays,
    private readonly addresses: ProofAddresses,
  ) {}

  /**
   * Before anything is spent, so that a client that has no nonce yet loses neither its assertion nor its code. Verified once for a request,
   * however many ask.
   * @throws AuthError 400 `invalid_dpop_proof`, `use_dpop_nonce`; `invalid_request` for a certificate that cannot be read
   */
  of(request: GuardedRequest): Promise<PresentedProofs> {
    const raw = (request.raw ?? request) as IncomingMessage;
    const known = this.read.get(raw);
    if (known) return known;
    const presented = this.verified(request, raw);
    this.read.set(raw, presented);
    return presented;
  }

  private async verified(request: GuardedRequest, raw: IncomingMessage): Promise<PresentedProofs> {
    const { headers, method = '' } = request;
    const asked = { headers, method, addresses: this.addresses.of(raw), accessToken: null };
    const key = await this.proofs.verify(asked, this.replays);
    const certificate = contextOf(request).certificate?.()?.certificate.thumbprint ?? null;
    return { key, certificate, nonce: key && this.proofs.nextNonce(key.nonce) };
  }
}
