/**
 * Time for JWT claims and in-process timers. Whether a row has expired is decided by SQL `now()`, never by this clock (T120);
 * `synchronise` sets this clock to the database's, so that claims and rows agree.
 */
export class Clock {
  private offsetMilliseconds = 0;

  now(): Date {
    return new Date(Date.now() + this.offsetMilliseconds);
  }

  /** Seconds since 1970, as JWT claims want them. */
  epochSeconds(): number {
    return Math.floor((Date.now() + this.offsetMilliseconds) / 1000);
  }

  synchronise(databaseNow: Date): void {
    this.offsetMilliseconds = databaseNow.getTime() - Date.now();
  }
}
