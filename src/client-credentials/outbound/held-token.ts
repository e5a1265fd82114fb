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

/** A token with less time left is not handed out: it must stay valid on the way to the API and while the API works. */
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

/** A token in memory. Its remaining time comes from the database and counts from before the row was read, so it is never too long. */
export class HeldToken {
  private trustedMilliseconds: number;

  /**
   * @param remainingMilliseconds by the database's clock, as of `readAt` or later
   * @param memoryMilliseconds how long the row need not be read again
   */
  constructor(
    readonly credential: ClientCredential,
    private readonly readAt: Moment,
    private readonly remainingMilliseconds: number,
    lifetimeSeconds: number,
    memoryMilliseconds: number,
  ) {
    this.trustedMilliseconds = memoryMilliseconds;
    this.earlyMilliseconds = MIN_LEFT_MILLISECONDS + earlyWindow(lifetimeSeconds * 1000);
  }

  /** With less time left than this, the next token is fetched in the background while this one is still used. */
  readonly earlyMilliseconds: number;

  isUsable(): boolean {
    return this.leftMilliseconds() > MIN_LEFT_MILLISECONDS;
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

  private leftMilliseconds(): number {
    return this.remainingMilliseconds - this.readAt.elapsedMilliseconds();
  }
}

/** At most a tenth of the lifetime, 5 minutes, and a quarter of the usable time, so that short-lived tokens are not fetched all the time. */
function earlyWindow(lifetimeMilliseconds: number): number {
  return Math.min(
    EARLY_MAX_MILLISECONDS,
    lifetimeMilliseconds / 10,
    (lifetimeMilliseconds - MIN_LEFT_MILLISECONDS) / 4,
  );
}
