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

/** Where another party's key set is fetched, and how often. */
export interface KeySetSource {
  /** Owner of the keys, for messages. */
  readonly owner: string;
  /** Fetches the key set. @throws Error when that fails */
  readonly fetch: () => Promise<Record<string, unknown>>;
  readonly maxAgeMilliseconds: number;
  /** How long a key set is still trusted when it cannot be fetched again. */
  readonly maxStaleMilliseconds: number;
  /** Least time between two fetches, also after a failure, so that unknown `kid` values cannot make us call out at will (T052). */
  readonly cooldownMilliseconds: number;
}

/** How long a caller with usable keys waits for a fetch, counted from its start. */
const PATIENCE_MILLISECONDS = 250;

/** As their owner wrote them: of any shape. */
export interface ForeignKey {
  readonly [member: string]: unknown;
}

type LocalKeySet = ReturnType<typeof createLocalJWKSet>;

/** A remote key set (RFC 7517 5), fetched when needed; waiting callers share one fetch. */
export class RemoteKeySet {
  private keys: LocalKeySet | null = null;
  private members: readonly ForeignKey[] = [];
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | null = null;
  private lastFault = 'not fetched yet';

  constructor(private readonly source: KeySetSource) {}

  /**
   * The key that matches the header's `kid` and `alg`.
   * @throws JOSEError when there is none; AuthError 503 when the key set cannot be fetched
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

  /**
   * Whether a key of the set is the one that is meant; looked up once more before it is said that none is.
   * @throws AuthError 503 when the key set cannot be fetched
   */
  async has(isMeant: (key: ForeignKey) => boolean): Promise<boolean> {
    if (this.age() > this.source.maxAgeMilliseconds) await this.refreshSoon();
    if (this.believed().some(isMeant)) return true;
    if (!this.mayFetch()) return false;
    await this.refresh();
    return this.believed().some(isMeant);
  }

  /**
   * Fetches the keys anew, for a signature that fits none of them: a key may have been replaced under its name, or have none.
   * @returns false within the cooldown: nothing has changed
   */
  async renew(): Promise<boolean> {
    if (!this.mayFetch()) return false;
    await this.refresh();
    return true;
  }

  /** Each `issuer` that the keys which a header may mean name themselves. */
  issuersOf(kid: string | undefined): readonly string[] {
    return issuersOfKeys(this.members, kid);
  }

  private known(): LocalKeySet {
    if (this.keys && this.isBelieved()) return this.keys;
    throw AuthError.unavailable(`the key set of ${this.source.owner} cannot be fetched: ${this.lastFault}`);
  }

  private believed(): readonly ForeignKey[] {
    this.known();
    return this.members;
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

  /** While the keys are still trusted, waits only a moment for newer ones, not for the time-out of a server that hangs. */
  private async refreshSoon(): Promise<void> {
    const work = this.refresh();
    if (!this.isBelieved()) return work;
    const patience = PATIENCE_MILLISECONDS - (performance.now() - this.triedAt);
    if (patience > 0) await Promise.race([work, sleep(patience, undefined, { ref: false })]);
  }

  /** Never fails: the keys that are already known, if any, remain in use. */
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
    const keySet = (await this.source.fetch()) as unknown as JSONWebKeySet;
    this.keys = createLocalJWKSet(keySet);
    this.members = keySet.keys as readonly ForeignKey[];
    this.fetchedAt = performance.now();
  }
}

/** @param kid undefined: the header names no key, so it may mean any */
export function issuersOfKeys(keys: readonly ForeignKey[], kid: string | undefined): readonly string[] {
  const meant = keys.filter((key) => kid === undefined || key.kid === kid);
  return meant.map(({ issuer }) => issuer).filter((issuer) => typeof issuer === 'string');
}
