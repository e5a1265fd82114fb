import type { Duration } from '../common/options/duration.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import type { Permissions } from './permissions.js';

/** What an owner is. An organisation's or a service's key outlives the user who made it. */
export type KeyOwnerKind = 'user' | 'organization' | 'service';

/** Whose key it is. */
export interface KeyOwner {
  readonly kind: KeyOwnerKind;
  /** Opaque id. */
  readonly id: string;
}

/** `hmac`: HMAC-SHA256 under the core `secret`, so that a copy of the table alone cannot even be searched for a known key. */
export type KeyHashAlgorithm = 'sha256' | 'sha512' | 'hmac';

/** How keys of one kind look, and what they may do. */
export interface ApiKeyConfiguration {
  /** What every key begins with: letters, digits, dashes and underscores, ending in an underscore. Default `nak_`. */
  readonly prefix?: string;
  /** Random bytes in a key. Default 32, 20 to 64. */
  readonly keyLength?: number;
  /** How keys are stored. Default `sha256`. It may be changed at any time: keys made under another algorithm stay good. */
  readonly hashAlgorithm?: KeyHashAlgorithm;
  /** Prefixes and lengths this configuration had before, whose keys stay good. Default: none. */
  readonly earlierFormats?: readonly { readonly prefix?: string; readonly keyLength?: number }[];
  /** Who the keys are for. Default: any owner; other owners than the caller only as `authorizeOwner` allows. */
  readonly references?: KeyOwnerKind;
  /**
   * Limit per key: `max` requests per `window`, which starts with the first request after the previous window has ended. Default: none.
   * Read when a key is used, so that a change reaches all keys without a limit of their own.
   */
  readonly rateLimit?: ApiKeyRateLimit;
  /** Quota that new keys start with. Default: none. */
  readonly quota?: {
    /** Requests, before the first refill. */
    readonly remaining: number;
    /** What `remaining` is raised to when an interval has passed. Missed intervals do not add up. Default: no refill. */
    readonly refillAmount?: number;
    /** Milliseconds, 1000 at least; given together with `refillAmount`. */
    readonly refillInterval?: number;
  };
  /** Lifetime of keys that name none. Default: they do not expire. */
  readonly expiresIn?: Duration;
  /** Shortest lifetime that may be asked for. Default 1 second. */
  readonly minExpiresIn?: Duration;
  /** Longest lifetime that may be asked for. Default 10 years. Given explicitly, it also bounds keys that name none. */
  readonly maxExpiresIn?: Duration;
  /**
   * Keys of this kind that one owner may have by the routes of users, 1 to 100000. Default 100. Revoked and expired ones, and those that were
   * replaced, do not count; ten times as many may be made in a day, rotations and deleted ones included. Administration and host code may exceed it.
   */
  readonly maxPerOwner?: number;
  /** Refuses keys without a name. Default false. */
  readonly requireName?: boolean;
  /** Keys may carry `metadata`. Default true. */
  readonly enableMetadata?: boolean;
  /** Bytes of JSON. Default 4096, at most 32768. */
  readonly maxMetadataBytes?: number;
  /** Levels of nesting. Default 5, at most 20. */
  readonly maxMetadataDepth?: number;
  /** Given to keys that ask for none. Default: none. */
  readonly defaultPermissions?: Permissions;
  /** What users may ask for. Default: nothing; permissions are then given by administration only. */
  readonly maxPermissions?: Permissions;
  /** Scopes (`@Scopes`) of keys that ask for none. Default: none. */
  readonly defaultScopes?: readonly string[];
  /** Scopes users may ask for. Default: none; scopes are then given by administration only. */
  readonly maxScopes?: readonly string[];
  /** How long a rotated key lives on when the call does not say. Default `'1d'`, or `maxRotationOverlap` when shorter. */
  readonly rotationOverlap?: Duration;
  /** Longest overlap that may be asked for. Default `'30d'`, at most 365 days. */
  readonly maxRotationOverlap?: Duration;
}

/** Give `window` and `max`, or better-auth's names of them. */
export interface ApiKeyRateLimit {
  /** Default true. */
  readonly enabled?: boolean;
  /** Milliseconds; also as `timeWindow`. */
  readonly window?: number;
  /** Requests per window; also as `maxRequests`. */
  readonly max?: number;
  /** better-auth's name of `window`. */
  readonly timeWindow?: number;
  /** better-auth's name of `max`. */
  readonly maxRequests?: number;
}

/** API keys for users, organisations and services. The members of ApiKeyConfiguration are those of the configuration `default`. */
export interface ApiKeysOptions extends ApiKeyConfiguration {
  /** Further kinds of keys, e.g. live and test keys, each with a prefix of its own. They inherit nothing from `default`. */
  readonly configurations?: readonly (ApiKeyConfiguration & { readonly configId: string })[];
  /** Headers that carry a key, besides `Authorization: ApiKey` and `Bearer`. Default `x-api-key`. */
  readonly apiKeyHeaders?: string | readonly string[];
  /** `GET /get-session` and `getSession()` answer a user's key with the user's session view and `session.apiKey`. Default false. */
  readonly enableSessionForAPIKeys?: boolean;
  /** How often `lastRequest` and `requestCount` are written. Default `'60s'`, 1 s to 1 h. */
  readonly usageInterval?: Duration;
  /** How long expired, revoked and deleted keys are kept. Default `'90d'`, at least the longest rotation overlap. */
  readonly retention?: Duration;
  readonly hooks?: ApiKeyHooks;
}

/** What a caller wants to do with a key. */
export type KeyAction = 'create' | 'read' | 'update' | 'revoke' | 'delete' | 'rotate' | 'verify';

/** Run inside the flow; throw an AuthError to veto. */
export interface ApiKeyHooks {
  /** Whether this caller may do this with keys of an owner other than themselves. Default: never. */
  authorizeOwner?(request: {
    readonly principal: AuthPrincipal;
    readonly owner: KeyOwner;
    readonly action: KeyAction;
  }): boolean | Promise<boolean>;
  /** Called before a caller's key is made. */
  beforeCreate?(request: {
    readonly principal: AuthPrincipal;
    readonly owner: KeyOwner;
    readonly configId: string;
    readonly name: string | null;
  }): void | Promise<void>;
}
