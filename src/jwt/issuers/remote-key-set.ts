import {
  createLocalJWKSet,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose';
import { AuthError } from '../../common/errors/auth-error.js';
import type { GuardedFetch } from '../../common/outbound/guarded-fetch.js';
import { fetchJson } from './fetch-json.js';
import type { TrustedIssuerSettings } from './trusted-issuer.options.js';

const MAX_AGE_MILLISECONDS = 10 * 60_000;
/** A key set that cannot be read again is still believed for this long. */
const MAX_STALE_MILLISECONDS = 60 * 60_000;
/** Between two fetches, whatever became of the first: unknown `kid` values cannot be used to make us call out (T052). */
const COOLDOWN_MILLISECONDS = 30_000;

type LocalKeySet = ReturnType<typeof createLocalJWKSet>;

/** The key set of an outside issuer, fetched when it is needed, shared by all who wait. */
export class RemoteKeySet {
  private keys: LocalKeySet | null = null;
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | null = null;
  private lastFault = 'not fetched yet';

  constructor(
    private readonly settings: TrustedIssuerSettings,
    private readonly outbound: GuardedFetch,
  ) {}

  /**
   * The one key that fits the header's `kid` and `alg`.
   * @throws JOSEError when there is none; AuthError 503 when the key set cannot be had
   */
  readonly keyOf = async (header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> => {
    if (this.age() > MAX_AGE_MILLISECONDS) await this.refresh();
    try {
      return await this.known()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !this.mayFetch()) throw error;
      await this.refresh();
      return this.known()(header, token);
    }
  };

  private known(): LocalKeySet {
    if (this.keys && this.age() <= MAX_STALE_MILLISECONDS) return this.keys;
    throw AuthError.unavailable(`the key set of ${this.settings.issuer} cannot be had: ${this.lastFault}`);
  }

  private age(): number {
    return performance.now() - this.fetchedAt;
  }

  private mayFetch(): boolean {
    return this.fetching !== null || performance.now() - this.triedAt > COOLDOWN_MILLISECONDS;
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
    const document = await fetchJson(this.outbound, this.settings.jwksUri ?? (await this.discover()));
    this.keys = createLocalJWKSet(document as unknown as JSONWebKeySet);
    this.fetchedAt = performance.now();
  }

  /** OpenID Connect Discovery 4.3: the document must speak of the issuer that was asked for. */
  private async discover(): Promise<string> {
    const { issuer } = this.settings;
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const document = await fetchJson(this.outbound, address);
    if (document['issuer'] !== issuer) throw new Error(`${address} speaks of another issuer`);
    if (typeof document['jwks_uri'] !== 'string') throw new Error(`${address} names no jwks_uri`);
    return document['jwks_uri'];
  }
}
