/** As long as one failure is taken to tell something of the next message. */
const WINDOW_MILLISECONDS = 600_000;

/**
 * Whether messages come late: those to two subjects could not be sent lately. Neither one address that a provider refuses nor a message that
 * was sent changes it, so that whoever asks for mail to an address does not see what became of it.
 */
export class MailDelays {
  /** Of the newest failures, one for each of two subjects. */
  private failures: readonly { readonly subject: string; readonly at: number }[] = [];

  noteFailure(subject: string, now = performance.now()): void {
    this.failures = [...this.failures.filter((one) => one.subject !== subject), { subject, at: now }].slice(-2);
  }

  areThere(now = performance.now()): boolean {
    return this.failures.length === 2 && this.failures.every(({ at }) => now - at < WINDOW_MILLISECONDS);
  }
}
