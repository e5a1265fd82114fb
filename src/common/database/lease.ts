import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MILLISECONDS = 40;
const MAX_PAUSE_MILLISECONDS = 250;

export interface LeasedWork<Result> {
  /**
   * Checks whether the work is done; otherwise, if the lease is free, takes it by one conditional statement and does the work.
   * @param hasWaited whether another process held the lease at an earlier attempt
   * @returns null while another process has the lease
   */
  readonly attempt: (hasWaited: boolean) => Promise<Result | null>;
  /** How long to wait: at least as long as a lease lasts, so that the work of a dead process is taken over. */
  readonly patienceMilliseconds: number;
  readonly tooLate: () => Error;
}

/**
 * Lets one process do a piece of work for all that need it: the process that holds the lease in the row does it, without holding a
 * connection, and the others check again until it is done. The lease of a process that dies runs out.
 */
export async function underLease<Result>(work: LeasedWork<Result>): Promise<Result> {
  const begun = performance.now();
  for (let pause = FIRST_PAUSE_MILLISECONDS; ; pause = Math.min(pause * 1.5, MAX_PAUSE_MILLISECONDS)) {
    const result = await work.attempt(pause > FIRST_PAUSE_MILLISECONDS);
    if (result !== null) return result;
    if (performance.now() - begun > work.patienceMilliseconds) throw work.tooLate();
    // With jitter, so that the waiting processes do not all check at once.
    await sleep(pause * (0.75 + Math.random() / 2));
  }
}
