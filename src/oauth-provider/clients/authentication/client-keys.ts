import { Injectable } from '@nestjs/common';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { RemoteKeySet, type ForeignKey } from '../../../common/keys/remote-key-set.js';
import { fetchJson } from '../../../common/outbound/fetch-json.js';
import { OutsiderFetch } from '../../../common/outbound/outsider-fetch.js';
import type { ClientMetadata } from '../metadata/client-metadata.js';

const MAX_REMOTE_SETS = 500;
const MAX_AGE_MILLISECONDS = 5 * 60_000;
const MAX_STALE_MILLISECONDS = 60 * 60_000;
/** A client that changed its key waits at most this long. */
const COOLDOWN_MILLISECONDS = 5_000;

type KeyPlaces = Pick<ClientMetadata, 'jwks' | 'jwks_uri'>;

/** Public keys of clients: registered by value (`jwks`) or by address (`jwks_uri`, RFC 7591 2). */
@Injectable()
export class ClientKeys {
  private readonly local = new WeakMap<object, JWTVerifyGetKey>();
  private readonly remote = new LRUCache<string, RemoteKeySet>({ max: MAX_REMOTE_SETS });

  constructor(private readonly outbound: OutsiderFetch) {}

  /**
   * @returns the key lookup for `jwtVerify`; null when the client has registered no keys. The lookup throws JOSEError when no key or more
   *   than one fits, and AuthError 503 when the keys cannot be fetched.
   * @throws JOSEError when what is registered is not a key set
   */
  of({ jwks, jwks_uri: address }: KeyPlaces): JWTVerifyGetKey | null {
    if (jwks) return this.ofValue(jwks);
    return address === undefined ? null : this.ofAddress(address).keyOf;
  }

  /**
   * Whether one of the client's keys is the one that is meant. Keys at an address are fetched once more when none of those known is.
   * @throws AuthError 503 when the keys cannot be fetched
   */
  async has({ jwks, jwks_uri: address }: KeyPlaces, isMeant: (key: ForeignKey) => boolean): Promise<boolean> {
    if (jwks) return jwks.keys.some(isMeant);
    return address !== undefined && this.ofAddress(address).has(isMeant);
  }

  /** Fetches the keys of a client anew, when they do not fit what it has signed. @returns false: they are as they were */
  async renew({ jwks, jwks_uri: address }: Pick<ClientMetadata, 'jwks' | 'jwks_uri'>): Promise<boolean> {
    return !jwks && address !== undefined && this.ofAddress(address).renew();
  }

  private ofValue(jwks: NonNullable<ClientMetadata['jwks']>): JWTVerifyGetKey {
    const known = this.local.get(jwks);
    if (known) return known;
    const made = createLocalJWKSet(jwks as JSONWebKeySet);
    this.local.set(jwks, made);
    return made;
  }

  private ofAddress(address: string): RemoteKeySet {
    const known = this.remote.get(address);
    if (known) return known;
    const made = new RemoteKeySet({
      owner: address,
      fetch: () => fetchJson({ fetch: (...asked) => this.outbound.fetch(`keys ${address}`, ...asked) }, address),
      maxAgeMilliseconds: MAX_AGE_MILLISECONDS,
      maxStaleMilliseconds: MAX_STALE_MILLISECONDS,
      cooldownMilliseconds: COOLDOWN_MILLISECONDS,
    });
    this.remote.set(address, made);
    return made;
  }
}
