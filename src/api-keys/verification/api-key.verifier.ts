import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { tag } from '../../common/cache/tags.js';
import { CredentialCache, type VerifiedCredential } from '../../common/cache/credential-cache.js';
import { sha256 } from '../../common/crypto.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import type { ApiKeyRefusal } from '../api-keys.events.js';
import type { ApiKeyOwner } from '../api-keys.options.js';
import { API_KEYS_SETTINGS, type ApiKeysSettings } from '../api-keys.settings.js';
import type { ApiKeyRow } from '../keys/api-key.columns.js';
import { ApiKeyStore } from '../keys/api-key.store.js';
import { ownerOf } from '../keys/api-key.owner.js';
import { ApiKeySecrets } from '../keys/api-key.secrets.js';
import { isAllowedFrom, toApiKeyPrincipal, toState, type ApiKeyState } from './api-key.state.js';
import type { Refused } from './api-key.refusal.js';

export interface FoundApiKey {
  readonly principal: AuthPrincipal;
  readonly state: ApiKeyState;
}
/** `owner` is that of the key, where the key exists. */
export type RefusedApiKey = { readonly ok: false; readonly owner?: ApiKeyOwner } & Refused;
export type ApiKeyLookup = ({ readonly ok: true } & FoundApiKey) | RefusedApiKey;

/** Thrown by a load that found no valid key, since the cache keeps whatever a load returns. */
class RefusedLoad extends Error {
  constructor(
    readonly refused: Refused,
    readonly owner: ApiKeyOwner | undefined,
  ) {
    super(refused.reason);
  }
}

/** The one place that decides whether a key is valid: memory, then shape, then one statement. Limits are spent elsewhere. */
@Injectable()
export class ApiKeyVerifier {
  constructor(
    private readonly store: ApiKeyStore,
    private readonly secrets: ApiKeySecrets,
    private readonly cache: CredentialCache,
    @Inject(API_KEYS_SETTINGS) private readonly settings: ApiKeysSettings,
    private readonly events: AuthEvents,
  ) {}

  /** @param address computes where the request came from; called only for keys with an allow list */
  async find(key: string, address: () => string | null): Promise<ApiKeyLookup> {
    const lookup = await this.look(key);
    if (lookup.ok && lookup.state.allowed && !isAllowedFrom(lookup.state, address())) {
      return { ...this.refuse('address', lookup.state.row.id), owner: ownerOf(lookup.state.row) };
    }
    if (!lookup.ok) this.refuse(lookup.reason, lookup.keyId);
    return lookup;
  }

  /** A valid key that is in memory; its shape was checked before it was put there. */
  recall(key: string): FoundApiKey | undefined {
    const cached = this.cache.get(cacheKey(key));
    return cached && { principal: cached.principal, state: cached.state as ApiKeyState };
  }

  /** Emits the event for a refused key. */
  refuse(reason: ApiKeyRefusal, keyId: string | null): RefusedApiKey {
    this.events.emit('api-key.verification-failed', { keyId, reason });
    return { ok: false, reason, keyId };
  }

  private async look(key: string): Promise<ApiKeyLookup> {
    const recalled = this.recall(key);
    if (recalled) return { ok: true, ...recalled };
    if (!this.secrets.isWellFormed(key)) return { ok: false, reason: 'malformed', keyId: null };
    try {
      const loaded = await this.cache.getOrLoad(cacheKey(key), () => this.load(key));
      return loaded?.state ? toLookup(loaded) : { ok: false, reason: 'unknown', keyId: null };
    } catch (error) {
      if (error instanceof RefusedLoad)
        return { ok: false, ...error.refused, ...(error.owner && { owner: error.owner }) };
      throw error;
    }
  }

  private async load(key: string): Promise<VerifiedCredential> {
    const digests = this.secrets.digests(key);
    const found = await this.store.findByHash(digests);
    if (!found || !digests.some((digest) => digest.length === found.hash.length && timingSafeEqual(digest, found.hash)))
      throw new RefusedLoad({ reason: 'unknown', keyId: null }, undefined);
    const { row } = found;
    const reason = this.reasonAgainst(row);
    if (reason) throw new RefusedLoad({ reason, keyId: row.id }, ownerOf(row));
    return {
      principal: toApiKeyPrincipal(row),
      tags: [tag('apikey', row.id), ...(row.ownerKind === 'user' ? [tag('subject', row.referenceId)] : [])],
      remainingMilliseconds: row.remainingMilliseconds ?? Infinity,
      state: toState(row, this.settings.configurations.get(row.configId)!),
    };
  }

  private reasonAgainst(row: ApiKeyRow): ApiKeyRefusal | null {
    if (!this.settings.configurations.has(row.configId)) return 'wrong_configuration';
    if (row.revokedAt !== null) return 'revoked';
    if (row.expired) return 'expired';
    return row.enabled ? null : 'disabled';
  }
}

/** A suffix of its own: the cache is shared, and a token sent in an API key header must not be found as a key. */
function cacheKey(key: string): string {
  return `${sha256(key)}.key`;
}

function toLookup({ principal, state }: VerifiedCredential): ApiKeyLookup {
  return { ok: true, principal, state: state as ApiKeyState };
}
