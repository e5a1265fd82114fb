import type { Clock } from '../clock.js';
import type { Database } from '../database/database.js';
import type { InvalidationChannel } from '../database/invalidation.js';
import { AuthError } from '../errors/auth-error.js';
import type { SecretBox } from '../secrets/secret-box.js';
import { readKey, type SigningKeyImport } from './signing-key.material.js';
import type { SigningKeyRing, KeySetDocument, RingKey } from './signing-key.ring.js';
import { NO_DEMAND, type SigningKeyPolicy, type SigningKeyState } from './signing-key.schedule.js';
import type { SigningKeyStart, SigningKeyWriter } from './signing-key.writer.js';
import { LiveSigningKeyRing } from './live-signing-key.ring.js';
import { isSymmetric, type SigningAlgorithm } from './signing-algorithm.js';
import type { SigningKeyStore } from './signing-key.store.js';

/** A key as administrators see it. */
export interface SigningKeyInfo {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly state: SigningKeyState;
  readonly createdAt: Date;
  /** Null: the key only verifies. */
  readonly activeFrom: Date | null;
  /** When it leaves the key set; null while no successor is known. */
  readonly publishedUntil: Date | null;
}

/** An unknown `kid` makes a process read the keys again, but never more often than this, and waiting callers share one read (T052). */
const UNKNOWN_KID_COOLDOWN_MILLISECONDS = 1_000;
/** Our own kids are thumbprints; only a kid of this form can be a key of ours that this process does not know yet. */
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;

/**
 * The signing keys of this server: signs, verifies, publishes and administers them.
 *
 * @example
 * const keys = app.get(SigningKeys);
 * const [next] = await keys.rotate('ES256'); // published now, signs when verifiers can know it
 * if (next) await keys.revoke(next.kid); // out of use at once, on every node
 */
export class SigningKeys {
  private policy: SigningKeyPolicy = {
    algorithms: new Set(),
    exact: new Set(),
    longestTokenSeconds: 0,
    rotationSeconds: null,
    keySetMaxAgeSeconds: 0,
  };

  private readonly live: LiveSigningKeyRing;

  constructor(
    database: Database,
    store: SigningKeyStore,
    private readonly writer: SigningKeyWriter,
    box: SecretBox,
    private readonly clock: Clock,
    private readonly channel: InvalidationChannel,
    /** Keys read longer ago than this are read again before they are used. */
    private readonly cacheTtlSeconds: number,
  ) {
    this.live = new LiveSigningKeyRing(database, store, writer, box, clock, () => this.policy);
  }

  /** Sets how keys rotate and are published. For the capability that owns them, before the application starts. */
  configure(policy: Pick<SigningKeyPolicy, 'rotationSeconds' | 'keySetMaxAgeSeconds'>): void {
    this.policy = { ...this.policy, ...policy };
  }

  /**
   * Requests a key of this algorithm, for tokens of this lifetime. For capabilities that sign, before the application starts.
   * @param options.exact no other algorithm may stand in: the first key of this one signs at once, not only once verifiers can know it
   */
  want(algorithm: SigningAlgorithm, longestTokenSeconds: number, options: { readonly exact?: boolean } = {}): void {
    this.policy = {
      ...this.policy,
      algorithms: new Set([...this.policy.algorithms, algorithm]),
      exact: options.exact ? new Set([...this.policy.exact, algorithm]) : this.policy.exact,
      longestTokenSeconds: Math.max(this.policy.longestTokenSeconds, longestTokenSeconds),
    };
  }

  /** The key that signs now. @throws AuthError 503 when the keys could not be read for a minute */
  async signer(algorithm: SigningAlgorithm): Promise<RingKey> {
    const ring = await this.current().catch((error: unknown) => {
      if (this.live.isFresh) return this.live.known!;
      throw error;
    });
    const key = ring.signer(algorithm, this.nowMs());
    if (!key) throw AuthError.unavailable(`no signing key for ${algorithm}`);
    return key;
  }

  /** The algorithms that need a signing key. */
  get algorithms(): ReadonlySet<SigningAlgorithm> {
    return this.policy.algorithms;
  }

  /** Longest allowed lifetime of a token, in seconds. */
  get longestTokenSeconds(): number {
    return this.policy.longestTokenSeconds;
  }

  /**
   * The published key of this kid; null when there is none.
   * @throws AuthError 503 when this process cannot tell, because it could not read the keys
   */
  async verifier(kid: string): Promise<RingKey | null> {
    const ring = await this.current().catch((error: unknown) => this.orKnown(error));
    const known = ring.verifier(kid, this.nowMs());
    if (known || !THUMBPRINT.test(kid)) return known;
    if (this.live.idleMilliseconds > UNKNOWN_KID_COOLDOWN_MILLISECONDS)
      await this.live.refresh().catch(() => undefined);
    const found = this.live.known!.verifier(kid, this.nowMs());
    if (!found && !this.live.isFresh) throw AuthError.unavailable('an unknown kid, and the keys cannot be read');
    return found;
  }

  /**
   * The public key set (RFC 7517 5) and how long verifiers may keep a copy: 0 while this process cannot tell whether the set is complete.
   * @throws AuthError 503 when the keys have never been read
   */
  async keySet(): Promise<KeySetDocument & { readonly maxAgeSeconds: number }> {
    const ring = await this.current().catch((error: unknown) => this.orKnown(error));
    const { body, etag } = ring.keySet(this.nowMs());
    return { body, etag, maxAgeSeconds: this.live.isFresh ? this.policy.keySetMaxAgeSeconds : 0 };
  }

  /**
   * Replaces the current keys: the new ones are published now, and sign once no verifier can hold a key set without them. During a
   * rotation this has no further effect.
   * @returns all keys, oldest first
   */
  async rotate(algorithm?: SigningAlgorithm): Promise<SigningKeyInfo[]> {
    const rotate = algorithm === undefined ? this.policy.algorithms : new Set([algorithm]);
    await this.live.refresh({ ...NO_DEMAND, rotate });
    return this.list();
  }

  /** Every key that is published or will sign, oldest first. Makes none. */
  async list(): Promise<SigningKeyInfo[]> {
    const ring = this.live.known ?? (await this.live.look());
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
   * Imports a key. A private key signs from `start` on, if its algorithm is in use; a public key verifies tokens of the system that this
   * server replaces, for as long as our longest-lived token.
   * @param options.start default `published`: once every verifier can know it; `now` when they know it already
   * @throws Error naming what is wrong with the key
   */
  async import(given: SigningKeyImport, options: { readonly start?: SigningKeyStart } = {}): Promise<SigningKeyInfo> {
    const material = await readKey(given);
    const start = material.privateJwk === null ? 'never' : (options.start ?? 'published');
    if (isSymmetric(material.algorithm) && start === 'never')
      throw new Error(
        'key import: a symmetric key that only verifies cannot be imported. Give start "now" or "published".',
      );
    await this.live.refresh();
    await this.live.adopt(await this.writer.import(material, this.policy, start));
    const [info] = (await this.list()).filter((key) => key.kid === material.kid);
    return info!;
  }

  /**
   * Revokes a key that may have leaked, at once and on every node; verifiers with a copy of the key set still trust it for up to
   * `max-age`. When it was the current key, its successor signs at once.
   * @returns false when there is no such key
   */
  async revoke(kid: string): Promise<boolean> {
    const { revoked, rows } = await this.writer.revoke(kid, this.policy);
    await this.live.adopt(rows);
    return revoked;
  }

  /**
   * Reads or makes the keys and keeps them up to date. While the database cannot answer, it retries in the background.
   * @throws Error when the database answers and the secret does not open the keys; stops the boot
   */
  async start(): Promise<void> {
    this.channel.subscribe(this.live);
    await this.live.start();
  }

  async stop(): Promise<void> {
    await this.live.stop();
  }

  /** Reads the keys now instead of within 30 seconds. @throws AuthError 503 when they cannot be read */
  async refresh(): Promise<void> {
    await this.live.refresh();
  }

  /**
   * The keys: since the last change that this process was told of, and read no longer ago than `cacheTtl`, even if notifications were lost.
   * @throws AuthError 503 when they cannot be read
   */
  private async current(): Promise<SigningKeyRing> {
    const { known, ageMilliseconds, isOutdated } = this.live;
    if (known && !isOutdated && ageMilliseconds < this.cacheTtlSeconds * 1000) return known;
    const read = await this.live.refresh();
    // That read may have begun before the change.
    return this.live.isOutdated ? this.live.refresh() : read;
  }

  private orKnown(error: unknown): SigningKeyRing {
    if (this.live.known) return this.live.known;
    throw error;
  }

  /** Never before the last read, whose time is more exact than this clock's: a key that was current then stays current. */
  private nowMs(): number {
    return Math.max(this.clock.now().getTime(), this.live.known?.asOfMs ?? 0);
  }
}
