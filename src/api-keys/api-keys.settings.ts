import type { ApiKeyHooks, KeyHashAlgorithm, KeyOwnerKind } from './api-keys.options.js';
import type { Permissions } from './permissions.js';

export const DEFAULT_CONFIGURATION = 'default';

/** Shape of a key: told apart by prefix, checked before any look-up. */
export interface KeyFormat {
  readonly configId: string;
  /** With its underscore. */
  readonly prefix: string;
  /** Random bytes. */
  readonly keyLength: number;
}

export interface RateLimitSettings {
  readonly windowMilliseconds: number;
  readonly max: number;
}

/** One configuration with nothing optional. */
export interface ConfigurationSettings {
  readonly configId: string;
  readonly prefix: string;
  readonly keyLength: number;
  readonly hashAlgorithm: KeyHashAlgorithm;
  readonly references: KeyOwnerKind | null;
  readonly rateLimit: RateLimitSettings | null;
  readonly quota: {
    readonly remaining: number;
    readonly refillAmount: number | null;
    readonly refillInterval: number | null;
  } | null;
  readonly expiresInSeconds: number | null;
  readonly minExpiresInSeconds: number;
  readonly maxExpiresInSeconds: number;
  /** Whether the maximum was asked for, so that a key without end is not allowed. */
  readonly boundsLifetime: boolean;
  readonly maxPerOwner: number;
  readonly requireName: boolean;
  readonly metadata: { readonly enabled: boolean; readonly maxBytes: number; readonly maxDepth: number };
  readonly defaultPermissions: Permissions | null;
  /** Null: users may not name permissions at all. */
  readonly maxPermissions: Permissions | null;
  readonly defaultScopes: readonly string[];
  readonly maxScopes: readonly string[] | null;
  readonly rotationOverlapSeconds: number;
  readonly maxRotationOverlapSeconds: number;
}

/** What `resolveApiKeysOptions` makes of the options: nothing optional, frozen. */
export interface ApiKeysSettings {
  readonly configurations: ReadonlyMap<string, ConfigurationSettings>;
  /** Longest prefix first. */
  readonly formats: readonly KeyFormat[];
  /** Lower case. */
  readonly headers: readonly string[];
  readonly sessions: boolean;
  readonly usageIntervalSeconds: number;
  readonly retentionSeconds: number;
  readonly hooks: ApiKeyHooks;
}

export const API_KEYS_SETTINGS = Symbol('nest-authority:api-keys-settings');
