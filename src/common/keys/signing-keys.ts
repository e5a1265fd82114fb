import { Logger } from '@nestjs/common';
import type { Clock } from '../clock.js';
import { sqlState } from '../database/database-errors.js';
import type { Database } from '../database/database.js';
import type { InvalidationListener } from '../database/invalidation.js';
import { AuthError } from '../errors/auth-error.js';
import { readKey, type KeyImport } from './key-material.js';
import { KeyRing, UnreadableKeyError, type KeySetDocument, type RingKey } from './key-ring.js';
import {
  NO_DEMAND,
  RING_REFRESH_SECONDS,
  RING_STALE_SECONDS,
  type KeyDemand,
  type KeyPolicy,
  type KeyState,
} from './key-schedule.js';
import type { KeyStart, KeyWriter } from './key-writer.js';
import type { SecretBox } from '../secrets/secret-box.js';
import { isSymmetric, type SigningAlgorithm } from './signing-algorithm.js';
import type { SigningKeyRows, SigningKeyStore } from './signing-key.store.js';

/** A key as administrators see it. */
export interface SigningKeyInfo {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly state: KeyState;
  readonly createdAt: Date;
  /** Null: it verifies only. */
  readonly activeFrom: Date | null;
  /** When it leaves the key set; null while no successor is known. */
  readonly publishedUntil: Date | null;
}

/** An unknown `kid` makes a process read the keys again, but never more often than this, and all who wait share one reading (T052). */
const UNKNOWN_KID_COOLDOWN_MILLISECONDS = 1_000;
/** Names we give are thumbprints; only such a name may be a key of ours that this process has not heard of yet. */
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;
const UNDEFINED_TABLE = '42P01';

/**
 * The keys of this server, in memory. Read at boot, whenever a notification says that they changed, and every 30 seconds; a
 * database that is away holds up neither the boot nor the verification of tokens.
 */
export class SigningKeys implements InvalidationListener {
  private readonly logger = new Logger('AuthSigningKeys');
  private policy: KeyPolicy = {
    algorithms: new Set(),
    longestTokenSeconds: 0,
    rotationSeconds: null,
    keySetMaxAgeSeconds: 0,
  };
  private ring: KeyRing | null = null;
  /** `performance.now()` of the last reading that worked, and of the last one that was tried. */
  private readAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<KeyRing> | null = null;
  private outdated = false;
  private started = false;
  private complaint = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly store: SigningKeyStore,
    private readonly writer: KeyWriter,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** Sets how keys rotate and are published. For the capability that owns them, before the application starts. */
  configure(policy: Pick<KeyPolicy, 'rotationSeconds' | 'keySetMaxAgeSeconds'>): void {
    this.policy = { ...this.policy, ...policy };
  }

  /** Asks for a key of this algorithm and for tokens that live so long. For capabilities that sign, before the application starts. */
  want(algorithm: SigningAlgorithm, longestTokenSeconds: number): void {
    this.policy = {
      ...this.policy,
      algorithms: new Set([...this.policy.algorithms, algorithm]),
      longestTokenSeconds: Math.max(this.policy.longestTokenSeconds, longestTokenSeconds),
    };
  }

  /**
   * Reads or makes the keys and keeps them up to date. A database that cannot answer yet is asked again in the background.
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

  /** The key that signs now. @throws AuthError 503 when the keys could not be read for a minute */
  async signer(algorithm: SigningAlgorithm): Promise<RingKey> {
    const ring = this.ring && this.isFresh() ? this.ring : await this.refresh();
    const key = ring.signer(algorithm, this.nowMs());
    if (!key) throw AuthError.unavailable(`no signing key for ${algorithm}`);
    return key;
  }

  /** The lifetime no token may exceed, in seconds. */
  get longestTokenSeconds(): number {
    return this.policy.longestTokenSeconds;
  }

  /**
   * The published key of this name; null when there is none.
   * @throws AuthError 503 when this process cannot know, because it could not read the keys
   */
  async verifier(kid: string): Promise<RingKey | null> {
    const ring = this.ring ?? (await this.refresh());
    const known = ring.verifier(kid, this.nowMs());
    if (known || !THUMBPRINT.test(kid)) return known;
    if (performance.now() - this.triedAt > UNKNOWN_KID_COOLDOWN_MILLISECONDS || this.reading) {
      await this.refresh().catch(() => undefined);
    }
    const found = this.ring!.verifier(kid, this.nowMs());
    if (!found && !this.isFresh()) throw AuthError.unavailable('an unknown kid, and the keys cannot be read');
    return found;
  }

  /**
   * The public key set (RFC 7517 5) and how long a copy of it may be kept: not at all while this process cannot tell whether it is
   * complete.
   * @throws AuthError 503 when the keys have never been read
   */
  async keySet(): Promise<KeySetDocument & { readonly maxAgeSeconds: number }> {
    if (!this.isFresh()) await this.refresh().catch((error: unknown) => this.requireRing(error));
    const { body, etag } = this.ring!.keySet(this.nowMs());
    return { body, etag, maxAgeSeconds: this.isFresh() ? this.policy.keySetMaxAgeSeconds : 0 };
  }

  /**
   * Replaces the current keys: the new ones are published now and sign once no verifier can hold a key set without them. A rotation
   * that is under way is adopted.
   * @returns all keys, oldest first
   */
  async rotate(algorithm?: SigningAlgorithm): Promise<SigningKeyInfo[]> {
    const rotate = algorithm === undefined ? this.policy.algorithms : new Set([algorithm]);
    await this.refresh({ ...NO_DEMAND, rotate });
    return this.list();
  }

  /** Every key that is published or will sign, oldest first. */
  async list(): Promise<SigningKeyInfo[]> {
    const ring = this.ring ?? (await this.refresh());
    return ring.states(this.nowMs()).map(({ kid, algorithm, state, row }) => ({
      kid,
      algorithm,
      state,
      createdAt: new Date(row.created_ms),
      activeFrom: row.active_ms === null ? null : new Date(row.active_ms),
      publishedUntil: row.published_until_ms === null ? null : new Date(row.published_until_ms),
    }));
  }

  /**
   * Takes a key in from elsewhere. A private key signs from `start` on; a public one lets tokens of the system that this one replaces be
   * verified, for as long as our longest token lives.
   * @param options.start default `published`: once every verifier can have heard of it; `now` when they know it already
   * @throws Error naming what is wrong with the key
   */
  async import(given: KeyImport, options: { readonly start?: KeyStart } = {}): Promise<SigningKeyInfo> {
    const material = await readKey(given);
    const start = material.privateJwk === null ? 'never' : (options.start ?? 'published');
    if (isSymmetric(material.algorithm) && start === 'never')
      throw new Error(
        'key import: a symmetric key that only verifies is not taken in. Give start "now" or "published".',
      );
    await this.refresh();
    const imported = await this.writer.import(material, this.policy, start);
    this.adopt(imported, await KeyRing.open(imported, this.box, this.ring));
    const [info] = (await this.list()).filter((key) => key.kid === material.kid);
    return info!;
  }

  /**
   * Withdraws a key that may be in wrong hands, at once and everywhere here; verifiers that hold a copy of the key set believe it for
   * one more `max-age`. When it was the current key, its successor signs at once.
   * @returns false when there is no such key
   */
  async revoke(kid: string): Promise<boolean> {
    const { revoked, rows } = await this.writer.revoke(kid, this.policy);
    this.adopt(rows, await KeyRing.open(rows, this.box, this.ring));
    return revoked;
  }

  /**
   * Reads the keys, and makes those that are missing or due. Calls at the same time share one reading.
   * @throws AuthError 503 when the keys cannot be had
   */
  async refresh(demand: KeyDemand = NO_DEMAND): Promise<KeyRing> {
    if (this.reading && demand === NO_DEMAND) return this.reading;
    const before = this.reading?.catch(() => undefined);
    const reading = Promise.resolve(before)
      .then(() => this.read(demand))
      .finally(() => {
        if (this.reading === reading) this.reading = null;
        // Something changed while the rows were being read.
        if (this.outdated) this.refreshInBackground();
      });
    this.reading = reading;
    return reading;
  }

  drop(tags: readonly string[]): void {
    if (tags.some((one) => one.startsWith('key:'))) this.flush();
  }

  flush(): void {
    if (!this.started) return;
    this.outdated = true;
    if (!this.reading) this.refreshInBackground();
  }

  private async read(demand: KeyDemand): Promise<KeyRing> {
    this.triedAt = performance.now();
    this.outdated = false;
    try {
      const seen = await this.store.load(this.database);
      // First of all, since nothing may be written under a secret that does not open what is there.
      const ring = await KeyRing.open(seen, this.box, this.ring);
      if (!this.writer.hasWork(seen, this.policy, demand)) return this.adopt(seen, ring);
      const written = await this.writer.settle(seen, this.policy, demand);
      return this.adopt(written, await KeyRing.open(written, this.box, ring));
    } catch (error) {
      throw toUnavailable(error);
    }
  }

  private adopt(seen: SigningKeyRows, ring: KeyRing): KeyRing {
    this.complaint = '';
    this.readAt = performance.now();
    this.clock.synchronise(new Date(seen.nowMs));
    // An older reading may arrive after a younger one.
    if (!this.ring || ring.asOfMs >= this.ring.asOfMs) this.ring = ring;
    return this.ring;
  }

  private refreshInBackground(): void {
    this.refresh().catch((error: unknown) => this.complain(error));
  }

  /** Says the same thing once, however often it is tried again; a database that is not there yet is no loss. */
  private complain(error: unknown): void {
    const detail = error instanceof AuthError ? (error.detail ?? error.message) : String(error);
    const message = `the signing keys could not be read, will be tried again: ${detail}`;
    const isFirst = detail !== this.complaint;
    this.complaint = detail;
    if (!isFirst) return;
    if (this.ring !== null || (error as Error).cause instanceof UnreadableKeyError) this.logger.warn(message);
    else this.logger.debug(message);
  }

  private isFresh(): boolean {
    return performance.now() - this.readAt < RING_STALE_SECONDS * 1000;
  }

  private requireRing(error: unknown): void {
    if (!this.ring) throw error;
  }

  private nowMs(): number {
    return this.clock.now().getTime();
  }
}

/** The keys cannot be had now; the reason goes to the log, never to the client. */
function toUnavailable(error: unknown): unknown {
  if (error instanceof UnreadableKeyError) return AuthError.unavailable(error.message, error);
  if (sqlState(error) === UNDEFINED_TABLE)
    return AuthError.unavailable('the table auth_signing_key is missing: run the migrations', error);
  return error;
}
