/**
 * Time for JWT claims and in-process timers. The lifetime of a row is judged by SQL `now()`, never by this clock (T120);
 * `synchronise` lets it follow the database, so that claims and rows agree.
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
