import {
  createLocalJWKSet,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuthError } from '../errors/auth-error.js';

/** Where the keys of somebody else are, and how often they are asked. */
export interface KeySetSource {
  /** Whose keys; for messages. */
  readonly owner: string;
  /** Fetches the set. @throws Error for whatever goes wrong */
  readonly fetch: () => Promise<Record<string, unknown>>;
  readonly maxAgeMilliseconds: number;
  /** A key set that cannot be read again is still believed for this long. */
  readonly maxStaleMilliseconds: number;
  /** Between two fetches, whatever became of the first: unknown `kid` values cannot be used to make us call out (T052). */
  readonly cooldownMilliseconds: number;
}

/** From when a fetch began. */
const PATIENCE_MILLISECONDS = 250;

type LocalKeySet = ReturnType<typeof createLocalJWKSet>;

/** A key set elsewhere (RFC 7517 5), fetched when it is needed, shared by all who wait. */
export class RemoteKeySet {
  private keys: LocalKeySet | null = null;
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | null = null;
  private lastFault = 'not fetched yet';

  constructor(private readonly source: KeySetSource) {}

  /**
   * The one key that fits the header's `kid` and `alg`.
   * @throws JOSEError when there is none; AuthError 503 when the key set cannot be had
   */
  readonly keyOf = async (header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> => {
    if (this.age() > this.source.maxAgeMilliseconds) await this.refreshSoon();
    try {
      return await this.known()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !this.mayFetch()) throw error;
      await this.refresh();
      return this.known()(header, token);
    }
  };

  private known(): LocalKeySet {
    if (this.keys && this.isBelieved()) return this.keys;
    throw AuthError.unavailable(`the key set of ${this.source.owner} cannot be had: ${this.lastFault}`);
  }

  private isBelieved(): boolean {
    return this.keys !== null && this.age() <= this.source.maxStaleMilliseconds;
  }

  private age(): number {
    return performance.now() - this.fetchedAt;
  }

  private mayFetch(): boolean {
    return this.fetching !== null || performance.now() - this.triedAt > this.source.cooldownMilliseconds;
  }

  /** Whoever has keys that are still believed waits a moment for newer ones, not until a server that hangs is given up. */
  private async refreshSoon(): Promise<void> {
    const work = this.refresh();
    if (!this.isBelieved()) return work;
    const patience = PATIENCE_MILLISECONDS - (performance.now() - this.triedAt);
    if (patience > 0) await Promise.race([work, sleep(patience, undefined, { ref: false })]);
  }

  /** Never fails: what is known already, if anything, is used on. */
  private async refresh(): Promise<void> {
    if (!this.mayFetch()) return;
    this.fetching ??= this.fetchKeys()
      .catch((error: unknown) => {
        this.lastFault = error instanceof Error ? error.message : String(error);
      })
      .finally(() => {
        this.fetching = null;
      });
    await this.fetching;
  }

  private async fetchKeys(): Promise<void> {
    this.triedAt = performance.now();
    this.keys = createLocalJWKSet((await this.source.fetch()) as unknown as JSONWebKeySet);
    this.fetchedAt = performance.now();
  }
}
