import type { Clock } from '../clock.js';
import { sha256 } from '../crypto.js';
import { AuthError } from '../errors/auth-error.js';
import type { HeaderBag } from '../ports/caller.js';
import type { KeyProof } from '../ports/sender-proof.js';
import { DpopProofReader, type DpopProof } from './dpop-proof.js';
import { invalidProof, nonceNeeded } from './dpop.errors.js';
import type { DpopNonces } from './dpop-nonces.js';
import type { DpopSettings } from './dpop.options.js';
import { comparableAddress } from './proof-address.js';

/** A clock that is ahead of ours (FAPI 2.0 Security Profile 5.3.2.1-13: 10 s must be taken, more than 60 s must not). */
const LEEWAY_SECONDS = 60;

/** A request that a proof is for. */
export interface ProvenRequest {
  readonly headers: HeaderBag;
  readonly method: string;
  /** The addresses by which its sender may have reached it. */
  readonly addresses: readonly string[];
  /** The access token beside it; null: it asks for one. */
  readonly accessToken: string | null;
}

/** Remembers which proofs were used. */
export interface ProofReplays {
  /** @returns false when it was used before */
  spend(proof: DpopProof, address: string, remainingSeconds: number): Promise<boolean> | boolean;
}

/** Verifies DPoP proofs (RFC 9449 4.3): what a client sends with each request to prove that it holds the key of its tokens. */
export class DpopProofs {
  private readonly reader: DpopProofReader;

  /** @param nonces null: none can be made here */
  constructor(
    readonly settings: DpopSettings,
    private readonly nonces: DpopNonces | null,
    private readonly clock: Clock,
  ) {
    this.reader = new DpopProofReader(settings.algorithms);
  }

  /** Challenges name the scheme to callers who have not tried it. Set while the application starts, where tokens have to be bound. */
  isAnnounced = false;

  /** The algorithms, as challenges and metadata name them. */
  get algorithms(): readonly string[] {
    return [...this.settings.algorithms];
  }

  /** A nonce that the sender should use next, where proofs need one; null: it has a good one, or none is needed. */
  nextNonce(used: string | null): string | null {
    if (!this.nonces || this.settings.nonce === 'off') return null;
    return used === null || this.nonces.isOld(used) ? this.nonces.current() : null;
  }

  /**
   * Checks all of a proof but whether it was used before: `spend` does that.
   * @returns null when there is none
   * @throws AuthError 400 `invalid_dpop_proof`, `use_dpop_nonce`, whose detail is the fault; `invalid_request` for two
   */
  async verify(request: ProvenRequest, replays: ProofReplays): Promise<VerifiedDpopProof | null> {
    const text = request.headers['dpop'];
    if (text === undefined) return null;
    // Node joins repeated headers by a comma, which no JWT has.
    if (typeof text !== 'string' || text.includes(','))
      throw AuthError.invalidRequest('The DPoP header was sent more than once');
    const proof = await this.reader.read(text.trim()).catch((error: unknown) => {
      throw invalidProof(error instanceof Error ? error.message : String(error));
    });
    const address = this.check(proof, request);
    const remainingSeconds = this.remainingOf(proof);
    return {
      confirmation: { jkt: proof.thumbprint },
      thumbprint: proof.thumbprint,
      algorithm: proof.algorithm,
      nonce: proof.nonce,
      spend: async () => {
        if (!(await replays.spend(proof, address, remainingSeconds))) throw invalidProof('it was used before');
      },
    };
  }

  /** @returns the address that it is for */
  private check(proof: DpopProof, { method, addresses, accessToken }: ProvenRequest): string {
    if (proof.htm !== method) throw invalidProof('htm is not the method');
    const address = comparableAddress(proof.htu);
    if (address === null || !addresses.some((one) => comparableAddress(one) === address))
      throw invalidProof(`htu is none of ${addresses.join(', ')}`);
    if (accessToken !== null && proof.ath !== sha256(accessToken)) throw invalidProof('ath is not of the access token');
    this.checkTimes(proof);
    return address;
  }

  private checkTimes({ iat, nbf, exp, nonce }: DpopProof): void {
    const now = this.clock.epochSeconds();
    if (nbf !== null && nbf > now + LEEWAY_SECONDS) throw invalidProof('nbf is in the future');
    if (exp !== null && exp <= now - LEEWAY_SECONDS) throw invalidProof('it has expired');
    if (this.nonces && this.settings.nonce === 'required') {
      // The age of a nonce stands for that of the proof: a client whose clock is wrong is served as well (RFC 9449 8).
      if (nonce === null || !this.nonces.isGood(nonce)) throw nonceNeeded(this.nonces.current());
      return;
    }
    if (iat > now + LEEWAY_SECONDS) throw invalidProof('iat is in the future');
    if (iat < now - this.settings.proofMaxAgeSeconds) throw invalidProof('iat is too old');
  }

  /** Until when the proof would be taken: a row of it is of no use after that. */
  private remainingOf({ iat }: DpopProof): number {
    const { nonce, proofMaxAgeSeconds } = this.settings;
    if (nonce === 'required') return NONCE_LIFETIME_SECONDS;
    return iat + proofMaxAgeSeconds - this.clock.epochSeconds() + 1;
  }
}

/** Longer than any nonce counts. */
const NONCE_LIFETIME_SECONDS = 360;

/** A proof that is good for a request, and its nonce. */
export interface VerifiedDpopProof extends KeyProof {
  readonly nonce: string | null;
}
