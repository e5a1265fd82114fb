/** The token of one application, as stored in its row. */
export interface ClientCredential {
  readonly id: string;
  readonly applicationName: string;
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  /** Granted, separated by spaces. */
  readonly scope: string;
  /** When a token of this application was first stored. */
  readonly createdAt: Date;
  /** When the token was last refreshed. */
  readonly updatedAt: Date;
}

/** A token with less time left is, as a rule, not handed out: it must stay valid on the way to the API and while the API works. */
export const MIN_LEFT_MILLISECONDS = 60_000;
const EARLY_MAX_MILLISECONDS = 300_000;

/** A point in time on both clocks of this process. */
export class Moment {
  private readonly monotonic = performance.now();
  private readonly wall = Date.now();

  /** The larger of the two: the monotonic clock stops while the machine is suspended, the wall clock may be set back. */
  elapsedMilliseconds(): number {
    return Math.max(performance.now() - this.monotonic, Date.now() - this.wall);
  }
}

export interface TokenTerms {
  readonly lifetimeSeconds: number;
  /** How long the row need not be read again. */
  readonly memoryMilliseconds: number;
  /** A token with less time left is not handed out. */
  readonly minLeftMilliseconds: number;
  readonly tags: readonly string[];
}

/** A token in memory. Its remaining time comes from the database and counts from before the row was read, so it is never too long. */
export class HeldToken {
  private trustedMilliseconds: number;
  private nextTry = 0;

  /**
   * @param remainingMilliseconds by the database's clock, as of `readAt` or later
   */
  constructor(
    readonly credential: ClientCredential,
    private readonly readAt: Moment,
    private readonly remainingMilliseconds: number,
    private readonly terms: TokenTerms,
  ) {
    const { memoryMilliseconds, minLeftMilliseconds, lifetimeSeconds } = terms;
    this.trustedMilliseconds = memoryMilliseconds;
    this.earlyMilliseconds = minLeftMilliseconds + earlyWindow(lifetimeSeconds * 1000, minLeftMilliseconds);
  }

  /** What ends it. */
  get tags(): readonly string[] {
    return this.terms.tags;
  }

  /** With less time left than this, the next token is fetched in the background while this one is still used. */
  readonly earlyMilliseconds: number;

  isUsable(): boolean {
    return this.usableMilliseconds() > 0;
  }

  usableMilliseconds(): number {
    return this.leftMilliseconds() - this.terms.minLeftMilliseconds;
  }

  /** Usable, and the row was read a short time ago. */
  isFresh(): boolean {
    return this.isUsable() && this.readAt.elapsedMilliseconds() < this.trustedMilliseconds;
  }

  /** The row cannot be read now: keeps using this token, without trying to read the row at every call. */
  trustFor(milliseconds: number): void {
    this.trustedMilliseconds = this.readAt.elapsedMilliseconds() + milliseconds;
  }

  /** Whether it is time to fetch the next token, while this one is still used. */
  isAging(): boolean {
    return this.leftMilliseconds() <= this.earlyMilliseconds;
  }

  /** Whether the next token may be fetched early, which is tried once in a while only. */
  mayTry(pauseMilliseconds: number): boolean {
    const now = performance.now();
    if (now < this.nextTry) return false;
    this.nextTry = now + pauseMilliseconds;
    return true;
  }

  leftMilliseconds(): number {
    return this.remainingMilliseconds - this.readAt.elapsedMilliseconds();
  }
}

/** At most a tenth of the lifetime, 5 minutes, and a quarter of the usable time, so that short-lived tokens are not fetched all the time. */
function earlyWindow(lifetimeMilliseconds: number, minLeftMilliseconds: number): number {
  return Math.min(EARLY_MAX_MILLISECONDS, lifetimeMilliseconds / 10, (lifetimeMilliseconds - minLeftMilliseconds) / 4);
}
