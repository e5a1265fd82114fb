import type { Clock } from '../clock.js';
import type { SecretBox } from '../secrets/secret-box.js';

const STEP_SECONDS = 60;
/** Steps before and after the present one whose nonces count: nodes' clocks differ, and a client uses its last nonce for a while. */
const STEPS_AROUND = 2;
const CONTEXT = 'dpop-nonce';

/**
 * Nonces of DPoP proofs (RFC 9449 8), one family for all endpoints and guards of a server, since clients keep one nonce for an origin. Made from
 * `secret` and the time, so that no node has to remember them and all nodes know them; while `secret` is rotated, those of the old one count.
 */
export class DpopNonces {
  private made: { readonly step: number; readonly nonces: readonly string[] } = { step: Number.NaN, nonces: [] };

  constructor(
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** The nonce to use next. */
  current(): string {
    return this.live()[0]!;
  }

  isGood(nonce: string): boolean {
    return this.live().includes(nonce);
  }

  /** Whether a client should be told the next one already: it uses one of a step that has passed. */
  isOld(nonce: string): boolean {
    return nonce !== this.current();
  }

  /** The present one first. Kept for a step: an HMAC for each request would cost more than comparing. */
  private live(): readonly string[] {
    const step = Math.floor(this.clock.epochSeconds() / STEP_SECONDS);
    if (this.made.step !== step) {
      const steps = [0, ...Array.from({ length: STEPS_AROUND }, (_, index) => [-index - 1, index + 1]).flat()];
      const nonces = steps.flatMap((offset) =>
        this.box.digests(String(step + offset), CONTEXT).map((digest) => digest.toString('base64url')),
      );
      this.made = { step, nonces };
    }
    return this.made.nonces;
  }
}
