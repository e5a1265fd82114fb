/** Node takes what is longer for a millisecond, with a warning. */
const LONGEST_MILLISECONDS = 2 ** 31 - 1;

/** One timer for many times: it fires at the nearest of those it was told. It does not keep the process alive. */
export class WakeTimer {
  private timer: NodeJS.Timeout | undefined;
  private wakeAt = Number.POSITIVE_INFINITY;

  constructor(private readonly wake: () => void) {}

  /** @param at by `performance.now()` */
  notLaterThan(at: number): void {
    if (at >= this.wakeAt) return;
    this.stop();
    this.wakeAt = at;
    // Rounded up: a timer that fires a moment too early would have to be set again.
    const milliseconds = Math.max(Math.ceil(at - performance.now()), 0);
    this.timer = setTimeout(() => this.fire(), Math.min(milliseconds, LONGEST_MILLISECONDS)).unref();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.wakeAt = Number.POSITIVE_INFINITY;
  }

  private fire(): void {
    this.wakeAt = Number.POSITIVE_INFINITY;
    this.wake();
  }
}
