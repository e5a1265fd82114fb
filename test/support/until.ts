import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MILLISECONDS = 25;

/** Waits until the condition holds. @throws Error after the deadline, which is a safety net and not a measurement */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  deadlineSeconds = 15,
): Promise<void> {
  const deadline = Date.now() + deadlineSeconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${deadlineSeconds} s: ${what}`);
    await sleep(POLL_MILLISECONDS);
  }
}
