/** The token of one application, as its row says. */
export interface ClientCredential {
  readonly id: string;
  readonly applicationName: string;
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  /** Granted, separated by spaces. */
  readonly scope: string;
  /** When a token of this application was first kept. */
  readonly createdAt: Date;
  /** When the token was last refreshed. */
  readonly updatedAt: Date;
}

/** A token with less left is not handed out: it must survive the journey and the work at its destination. */
export const MIN_LEFT_MILLISECONDS = 60_000;
const EARLY_MAX_MILLISECONDS = 300_000;

/** A moment on both clocks of this process. */
export class Moment {
  private readonly monotonic = performance.now();
  private readonly wall = Date.now();

  /** The larger of two: one clock stands still while the machine is suspended, the other may be set back. */
  elapsedMilliseconds(): number {
    return Math.max(performance.now() - this.monotonic, Date.now() - this.wall);
  }
}

/** A token in memory. Its lifetime is the database's, counted from before the row was asked for, so never longer than true. */
export class HeldToken {
  private trustedMilliseconds: number;

  /**
   * @param remainingMilliseconds by the database's clock, as of `readAt` or later
   * @param memoryMilliseconds how long the row need not be looked at again
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

  /** With less left than this, the next token is fetched in the background while this one still serves. */
  readonly earlyMilliseconds: number;

  isUsable(): boolean {
    return this.leftMilliseconds() > MIN_LEFT_MILLISECONDS;
  }

  /** Usable, and the row was looked at a short time ago. */
  isFresh(): boolean {
    return this.isUsable() && this.readAt.elapsedMilliseconds() < this.trustedMilliseconds;
  }

  /** The row cannot be read now: this token serves on, and the row is not asked for at every call. */
  trustFor(milliseconds: number): void {
    this.trustedMilliseconds = this.readAt.elapsedMilliseconds() + milliseconds;
  }

  /** Whether it is time to fetch the next token, while this one still serves. */
  isAging(): boolean {
    return this.leftMilliseconds() <= this.earlyMilliseconds;
  }

  private leftMilliseconds(): number {
    return this.remainingMilliseconds - this.readAt.elapsedMilliseconds();
  }
}

/** A tenth of the lifetime and 5 minutes at most; a quarter of what can be used, so that short tokens are not fetched without end. */
function earlyWindow(lifetimeMilliseconds: number): number {
  return Math.min(
    EARLY_MAX_MILLISECONDS,
    lifetimeMilliseconds / 10,
    (lifetimeMilliseconds - MIN_LEFT_MILLISECONDS) / 4,
  );
}
