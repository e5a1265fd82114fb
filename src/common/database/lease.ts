import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MILLISECONDS = 40;
const MAX_PAUSE_MILLISECONDS = 250;

export interface LeasedWork<Result> {
  /**
   * Looks whether it is done; where the lease is free, takes it by one conditional statement and does it.
   * @param hasWaited whether another process was at it before
   * @returns null while another process has the lease
   */
  readonly attempt: (hasWaited: boolean) => Promise<Result | null>;
  /** As long as a lease lasts, so that the work of a process that has died is taken over. */
  readonly patienceMilliseconds: number;
  readonly tooLate: () => Error;
}

/**
 * What one process does for all who want it: whoever has the lease in the row does it, with no connection held meanwhile, and the others look
 * again until it is done. A process that dies gives its lease up by time.
 */
export async function underLease<Result>(work: LeasedWork<Result>): Promise<Result> {
  const begun = performance.now();
  for (let pause = FIRST_PAUSE_MILLISECONDS; ; pause = Math.min(pause * 1.5, MAX_PAUSE_MILLISECONDS)) {
    const result = await work.attempt(pause > FIRST_PAUSE_MILLISECONDS);
    if (result !== null) return result;
    if (performance.now() - begun > work.patienceMilliseconds) throw work.tooLate();
    // Uneven, so that those who wait do not look all at once.
    await sleep(pause * (0.75 + Math.random() / 2));
  }
}
