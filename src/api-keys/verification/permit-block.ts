import type { HeldPermits } from './api-key-limits.store.js';

/** Beyond this a larger block saves next to nothing, and what a process holds is missing elsewhere. */
const MAX_SIZE = 64;

/** What a spending granted for later requests. Times by `performance.now()`. */
interface Granted {
  /** Null only when there are no permits. */
  readonly window: number | null;
  readonly permits: number;
  readonly deadline: number;
}

/**
 * The permits of one key that this process may spend without asking. It grows only while it is used up within its life, so that a key with
 * little traffic holds nothing.
 */
export class PermitBlock {
  private size = 1;
  private granted: Granted | null = null;
  private left = 0;

  constructor(private readonly keyId: string) {}

  /** Permits to ask for, besides those of the requests that wait. */
  get wanted(): number {
    return this.size - 1;
  }

  /** @returns false when there is none, or its life is over */
  spend(now: number): boolean {
    if (this.left === 0 || now >= this.granted!.deadline) return false;
    this.left--;
    return true;
  }

  fill(granted: Granted): void {
    this.granted = granted;
    this.left = granted.permits;
  }

  isOver(now: number): boolean {
    return this.granted !== null && now >= this.granted.deadline;
  }

  /** Takes all permits out of the block, to be given back, and judges by what was used how large the next one should be. */
  empty(now: number): HeldPermits | null {
    const { granted, left, keyId } = this;
    if (!granted) return null;
    const used = granted.permits - left;
    if (left > used) this.size = Math.max(1, used);
    else if (left === 0 && now < granted.deadline) this.size = Math.min(this.size * 2, MAX_SIZE);
    this.granted = null;
    this.left = 0;
    const { window, permits } = granted;
    return permits === 0 || window === null ? null : { keyId, window, held: permits, unused: left };
  }
}
