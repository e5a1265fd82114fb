import { Logger } from '@nestjs/common';
import type { Clock } from '../clock.js';
import type { Database } from '../database/database.js';
import type { InvalidationListener } from '../database/invalidation.js';
import { AuthError } from '../errors/auth-error.js';
import type { SecretBox } from '../secrets/secret-box.js';
import { SigningKeyRing, UnreadableKeyError } from './signing-key.ring.js';
import {
  NO_DEMAND,
  RING_REFRESH_SECONDS,
  RING_STALE_SECONDS,
  type SigningKeyDemand,
  type SigningKeyPolicy,
} from './signing-key.schedule.js';
import type { SigningKeyWriter } from './signing-key.writer.js';
import type { SigningKeyRows, SigningKeyStore } from './signing-key.store.js';

/**
 * The signing keys as this process knows them: read at boot, when a notification says that keys changed, and every 30 seconds. A
 * database that is away delays neither the boot nor the verification of tokens.
 */
export class LiveSigningKeyRing implements InvalidationListener {
  private readonly logger = new Logger('AuthSigningKeys');
  private ring: SigningKeyRing | null = null;
  /** `performance.now()` of the last successful read, and of the last attempt. */
  private readAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<SigningKeyRing> | null = null;
  /** Changes that this process was told of; those that the last read can have seen, and the last successful one. */
  private changes = 0;
  private triedChanges = 0;
  private seenChanges = 0;
  private started = false;
  private complaint = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly store: SigningKeyStore,
    private readonly writer: SigningKeyWriter,
    private readonly box: SecretBox,
    private readonly clock: Clock,
    private readonly policy: () => SigningKeyPolicy,
  ) {}

  /** The keys that were read last, however long ago; null: never. */
  get known(): SigningKeyRing | null {
    return this.ring;
  }

  /** Whether the known keys are recent enough to sign with, and to be published as complete. */
  get isFresh(): boolean {
    return this.ageMilliseconds < RING_STALE_SECONDS * 1000;
  }

  /** Time since the last successful read; infinite before the first. */
  get ageMilliseconds(): number {
    return performance.now() - this.readAt;
  }

  /** The keys have changed since they were read. */
  get isOutdated(): boolean {
    return this.changes > this.seenChanges;
  }

  /** Time since the last attempt to read began; infinite while one is running, because `refresh` then shares it. */
  get idleMilliseconds(): number {
    return this.reading ? Number.POSITIVE_INFINITY : performance.now() - this.triedAt;
  }

  /**
   * Reads or makes the keys and keeps them up to date. While the database cannot answer, it retries in the background.
   * @throws Error when the database answers and the secret does not open the keys; stops the boot
   */
  async start(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      const cause = error instanceof AuthError ? error.cause : error;
      if (cause instanceof UnreadableKeyError || !(error instanceof AuthError)) throw cause;
      this.complain(error);
    }
    this.started = true;
    this.timer = setInterval(() => this.refreshInBackground(), RING_REFRESH_SECONDS * 1000).unref();
  }

  async stop(): Promise<void> {
    this.started = false;
    clearInterval(this.timer);
    await this.reading?.catch(() => undefined);
  }

  /** Takes over the rows that a write returned, after its commit. */
  async adopt(rows: SigningKeyRows): Promise<void> {
    // A read that is running may have taken its snapshot after these rows were read but before their commit: its time is later, yet it
    // lacks them. So wait for it, and if it was such a read, read the keys again.
    await this.reading?.catch(() => undefined);
    const kept = this.keep(rows, await SigningKeyRing.open(rows, this.box, this.ring));
    if (kept.asOfMs > rows.nowMs) await this.refresh({ ...NO_DEMAND });
  }

  /**
   * Reads the keys, and makes those that are missing or due. Simultaneous calls share one read.
   * @throws AuthError 503 when the keys cannot be read
   */
  async refresh(demand: SigningKeyDemand = NO_DEMAND): Promise<SigningKeyRing> {
    if (this.reading && demand === NO_DEMAND) return this.reading;
    const before = this.reading?.catch(() => undefined);
    const reading = Promise.resolve(before)
      .then(() => this.read(demand))
      .finally(() => {
        if (this.reading === reading) this.reading = null;
        // Keys changed while the rows were being read. A read that failed is not tried again here: whoever needs the keys does, and the timer.
        if (this.changes > this.triedChanges && this.started) this.refreshInBackground();
      });
    this.reading = reading;
    return reading;
  }

  /** The keys as they are, none made. @throws AuthError 503 when they cannot be read */
  async look(): Promise<SigningKeyRing> {
    try {
      const seen = await this.store.load(this.database);
      return this.keep(seen, await SigningKeyRing.open(seen, this.box, this.ring));
    } catch (error) {
      throw toUnavailable(error);
    }
  }

  drop(tags: readonly string[]): void {
    if (tags.some((one) => one.startsWith('key:'))) this.flush();
  }

  flush(): void {
    if (!this.started) return;
    this.changes++;
    if (!this.reading) this.refreshInBackground();
  }

  private async read(demand: SigningKeyDemand): Promise<SigningKeyRing> {
    this.triedAt = performance.now();
    const { changes } = this;
    this.triedChanges = changes;
    try {
      const seen = await this.store.load(this.database);
      // First, because nothing may be written with a secret that does not open the existing keys.
      const ring = await SigningKeyRing.open(seen, this.box, this.ring);
      const hasWork = this.writer.hasWork(seen, this.policy(), demand);
      const rows = hasWork ? await this.writer.settle(seen, this.policy(), demand) : seen;
      const kept = this.keep(rows, hasWork ? await SigningKeyRing.open(rows, this.box, ring) : ring);
      // Only now: until then whoever asks gets the keys from before the change.
      this.seenChanges = changes;
      return kept;
    } catch (error) {
      throw toUnavailable(error);
    }
  }

  private keep(seen: SigningKeyRows, ring: SigningKeyRing): SigningKeyRing {
    this.complaint = '';
    this.readAt = performance.now();
    this.clock.synchronise(new Date(seen.nowMs));
    // An older read may end after a newer one.
    if (!this.ring || ring.asOfMs >= this.ring.asOfMs) this.ring = ring;
    return this.ring;
  }

  private refreshInBackground(): void {
    this.refresh().catch((error: unknown) => this.complain(error));
  }

  /** Logs the same failure once, however often it is tried again; as debug only while no keys were ever read. */
  private complain(error: unknown): void {
    const detail = error instanceof AuthError ? (error.detail ?? error.message) : String(error);
    const message = `the signing keys could not be read, will be tried again: ${detail}`;
    const isFirst = detail !== this.complaint;
    this.complaint = detail;
    if (!isFirst) return;
    if (this.ring !== null || (error as Error).cause instanceof UnreadableKeyError) this.logger.warn(message);
    else this.logger.debug(message);
  }
}

/** Keys that cannot be opened become a 503; the reason goes to the log, never to the client. */
function toUnavailable(error: unknown): unknown {
  if (error instanceof UnreadableKeyError) return AuthError.unavailable(error.message, error);
  return error;
}
