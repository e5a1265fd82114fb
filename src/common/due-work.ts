import { Logger } from '@nestjs/common';
import { AuthError } from './errors/auth-error.js';

const POLL_MILLISECONDS = 5_000;

/** What a {@link DueWork} does. */
export interface DueWorkTasks {
  /** For the log, e.g. `logout tokens wait`: the reason follows. */
  readonly waiting: string;
  /** Starts what is due and has room, each by `DueWork.begin`. @returns whether anything was started */
  startDue(): Promise<boolean>;
}

/**
 * Rows that every process works off: read after its own commits, every 5 seconds, and whenever a piece of work has ended, so that work
 * survives the process that wrote it, and none waits for another.
 */
export class DueWork {
  private readonly underWay = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  /** Something else came due while this run was reading. */
  private again = false;
  private stopped = true;
  /** The last run failed. An unreachable database is logged once, not with every run. */
  private failing = false;
  private hasWorked = false;

  constructor(
    private readonly logger: Logger,
    private readonly tasks: DueWorkTasks,
  ) {}

  start(): void {
    this.stopped = false;
    this.timer = setInterval(() => this.kick(), POLL_MILLISECONDS).unref();
    this.kick();
  }

  /** What runs finishes; what is due stays for the next process. To be called before the host closes its connections. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.settled();
  }

  /** Resolves when no run and no piece of work is under way. */
  async settled(): Promise<void> {
    while (this.running || this.underWay.size > 0) await Promise.all([this.running, ...this.underWay]);
  }

  /** Starts what is due, in the background. */
  kick(): void {
    this.again = true;
    if (this.stopped) return;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      if (this.again) this.kick();
    });
  }

  /** Follows one piece of work to its end. @param work fails when the database cannot be reached */
  begin(work: Promise<unknown>, ended: () => void = () => undefined): void {
    const followed = work
      .then(
        () => true,
        (error: unknown) => {
          this.report(error);
          return false;
        },
      )
      .then((hasWorked) => {
        ended();
        this.underWay.delete(followed);
        // When the database is unreachable, the timer starts the next run: do not ask again at once.
        if (hasWorked) this.kick();
      });
    this.underWay.add(followed);
  }

  /** Never fails. */
  private async run(): Promise<void> {
    try {
      while (this.again && !this.stopped) {
        this.again = false;
        // What was just begun may have left more that is due, and a free place.
        if (await this.tasks.startDue()) this.again = true;
      }
      this.failing = false;
      this.hasWorked = true;
    } catch (error) {
      this.report(error);
    }
  }

  private report(error: unknown): void {
    this.again = false;
    const reason = (error instanceof AuthError && error.detail) || String(error);
    const message = `${this.tasks.waiting}: ${reason}`;
    // Debug level while the database has never answered; after that, one warning for each outage.
    if (this.failing || !this.hasWorked) this.logger.debug(message);
    else this.logger.warn(message);
    this.failing = true;
  }
}
