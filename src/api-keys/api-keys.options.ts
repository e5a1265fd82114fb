import type { Duration } from '../common/options/duration.js';
import { choice, count, duration, flag, given, hooks, scopes, text } from '../common/options/option.js';
import { optionalBlock, type OptionsOf } from '../common/options/read-options.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import type { Permissions } from '../common/principal/permissions.js';

/** What an owner is. A key of an organisation or a service outlives the user who made it. */
export type ApiKeyOwnerKind = 'user' | 'organization' | 'service';

/** The owner of a key. */
export interface ApiKeyOwner {
  readonly kind: ApiKeyOwnerKind;
  /** Opaque id. */
  readonly id: string;
}

/** An owner whose keys a user can keep on the pages of their account. */
export interface NamedOwner {
  readonly kind: 'organization' | 'service';
  /** Opaque id, as in {@link ApiKeyOwner}. */
  readonly id: string;
  /** As users know it. */
  readonly name: string;
}

/** `hmac`: HMAC-SHA256 under the core `secret`, so that a copy of the table alone does not even show whether it holds a known key. */
export type ApiKeyHashAlgorithm = 'sha256' | 'sha512' | 'hmac';

/** How keys of one kind look, and what they may do. */
export interface ApiKeyConfiguration {
  /** What every key begins with: letters, digits, dashes and underscores, ending in an underscore. Default `nak_`. */
  readonly prefix?: string;
  /** Random bytes in a key. Default 32, 20 to 64. */
  readonly keyLength?: number;
  /** Hash under which keys are stored. Default `sha256`. It may be changed at any time: keys made under another algorithm stay valid. */
  readonly hashAlgorithm?: ApiKeyHashAlgorithm;
  /** Prefixes and lengths that this configuration had before; their keys stay valid. Default: none. */
  readonly earlierFormats?: readonly { readonly prefix?: string; readonly keyLength?: number }[];
  /** The only owners that the keys may have. Default: any owner; `authorizeOwner` must allow owners other than the caller. */
  readonly references?: ApiKeyOwnerKind;
  /**
   * Limit per key: `max` requests per `window`, which starts with the first request after the previous window has ended. Default: none.
   * Read at each use, so that a change applies to all keys without a limit of their own.
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
  /** Lifetime of keys that are made without one. Default: they do not expire. */
  readonly expiresIn?: Duration;
  /** Shortest lifetime that may be asked for. Default 1 second. */
  readonly minExpiresIn?: Duration;
  /** Longest lifetime that may be asked for. Default 10 years. Given explicitly, it also bounds keys that are made without a lifetime. */
  readonly maxExpiresIn?: Duration;
  /**
   * Keys of this kind that one owner may have through the routes for users, 1 to 100000. Default 100. Revoked, expired and rotated keys do not
   * count. Ten times as many may be made in a day, including rotations and deleted keys. Administration and host code may exceed it.
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
  /** Permissions of keys that ask for none. Default: none. */
  readonly defaultPermissions?: Permissions;
  /** Permissions that users may ask for. Default: none; only administration can then give permissions. */
  readonly maxPermissions?: Permissions;
  /** Scopes (`@Scopes`) of keys that ask for none. Default: none. */
  readonly defaultScopes?: readonly string[];
  /** Scopes that users may ask for. Default: none; only administration can then give scopes. */
  readonly maxScopes?: readonly string[];
  /** How long a rotated key stays valid when the call does not say. Default `'1d'`, or `maxRotationOverlap` when shorter. */
  readonly rotationOverlap?: Duration;
  /** Longest overlap that may be asked for. Default `'30d'`, at most 365 days. */
  readonly maxRotationOverlap?: Duration;
  /**
   * Whoever has a key may make keys from it for agents: with fewer permissions, for minutes, ended with it (`POST /api-key/delegate`). Default:
   * nobody may; `{}` allows it.
   */
  readonly delegation?: ApiKeyDelegation;
}

/** Bounds of keys that are delegated from another. */
export interface ApiKeyDelegation {
  /** Longest life of a delegated key, and its life when the call does not say. Default `'15m'`, 1 minute to 1 hour. */
  readonly maxExpiresIn?: Duration;
  /** How many times one is delegated from the other. Default 1: a delegated key cannot delegate. At most 3. */
  readonly maxDepth?: number;
  /** Living keys that are delegated from one key. Default 20, at most 1000. A hundred times as many may be made in a day. */
  readonly maxPerKey?: number;
}

/** Give `window` and `max`, or better-auth's names for them. */
export interface ApiKeyRateLimit {
  /** False: there is no limit. Default true. */
  readonly enabled?: boolean;
  /** Milliseconds; also as `timeWindow`. */
  readonly window?: number;
  /** Requests per window; also as `maxRequests`. */
  readonly max?: number;
  /** better-auth's name for `window`. */
  readonly timeWindow?: number;
  /** better-auth's name for `max`. */
  readonly maxRequests?: number;
}

/** API keys for users, organisations and services. The members of ApiKeyConfiguration describe the configuration `default`. */
export interface ApiKeysOptions extends ApiKeyConfiguration {
  /** Further kinds of keys, e.g. live and test keys, each with a prefix of its own. They inherit nothing from `default`. */
  readonly configurations?: readonly (ApiKeyConfiguration & { readonly configId: string })[];
  /** Headers that carry a key, besides `Authorization: ApiKey` and `Bearer`. Default `x-api-key`. */
  readonly apiKeyHeaders?: string | readonly string[];
  /** `GET /get-session` and `getSession()` accept a user's key and return the user's session view with `session.apiKey`. Default false. */
  readonly enableSessionForAPIKeys?: boolean;
  /** How often `lastRequest`, `requestCount` and the usage of the day are written. Default `'60s'`, 1 s to 1 h. */
  readonly usageInterval?: Duration;
  /** How long expired, revoked and deleted keys are kept, and the usage of a day. Default `'90d'`, at least the longest rotation overlap. */
  readonly retention?: Duration;
  readonly hooks?: ApiKeyHooks;
}

/** What a caller wants to do with a key. */
export type ApiKeyAction = 'create' | 'read' | 'update' | 'revoke' | 'delete' | 'rotate' | 'verify';

/** Called during a request; throw an AuthError to veto it. */
export interface ApiKeyHooks {
  /** Whether this caller may do this with keys of an owner other than themselves. Default: never. */
  authorizeOwner?(request: {
    readonly principal: AuthPrincipal;
    readonly owner: ApiKeyOwner;
    readonly action: ApiKeyAction;
  }): boolean | Promise<boolean>;
  /** Owners besides the user themselves, whose keys the account's pages offer; `authorizeOwner` still decides. Default: none. */
  listOwners?(request: { readonly principal: AuthPrincipal }): readonly NamedOwner[] | Promise<readonly NamedOwner[]>;
  /** Called before a caller's key is made. */
  beforeCreate?(request: {
    readonly principal: AuthPrincipal;
    readonly owner: ApiKeyOwner;
    readonly configId: string;
    readonly name: string | null;
  }): void | Promise<void>;
}

const DAY_SECONDS = 86_400;
export const YEARS_10_SECONDS = 3_650 * DAY_SECONDS;
export const MAX_COUNT = 2_147_483_647;
export const MAX_MILLISECONDS = YEARS_10_SECONDS * 1_000;
/** Ends in an underscore, so that scanners and people see where the prefix ends (T020). */
const PREFIX = /^[A-Za-z](?:[A-Za-z0-9_-]{0,30})_$/;
const prefix = {
  fits: (one: string) => PREFIX.test(one),
  otherwise:
    "is not a prefix. Give 2 to 32 letters, digits, dashes and underscores that begin with a letter and end in an underscore, such as 'sk_' or 'sk_live_'.",
};
const keyLength = { min: 20, max: 64 };

export const CONFIGURATION_OPTIONS = {
  prefix: text({ fallback: 'nak_', ...prefix }),
  keyLength: count({ fallback: 32, ...keyLength }),
  hashAlgorithm: choice(['sha256', 'sha512', 'hmac'], 'sha256'),
  earlierFormats: given<NonNullable<ApiKeyConfiguration['earlierFormats']>>('blocks', []),
  references: choice(['user', 'organization', 'service']),
  rateLimit: optionalBlock({
    enabled: flag(true),
    window: given<number>('number'),
    max: given<number>('number'),
    timeWindow: given<number>('number'),
    maxRequests: given<number>('number'),
  }),
  quota: optionalBlock({
    remaining: given<number>('number'),
    refillAmount: count({ min: 1, max: MAX_COUNT }),
    refillInterval: count({ min: 1_000, max: MAX_MILLISECONDS }),
  }),
  expiresIn: given('duration'),
  minExpiresIn: duration({ fallback: 1, min: 1, max: YEARS_10_SECONDS }),
  maxExpiresIn: given('duration'),
  maxPerOwner: count({ fallback: 100, min: 1, max: 100_000 }),
  requireName: flag(false),
  enableMetadata: flag(true),
  maxMetadataBytes: count({ fallback: 4_096, min: 2, max: 32_768 }),
  maxMetadataDepth: count({ fallback: 5, min: 1, max: 20 }),
  defaultPermissions: given('block'),
  maxPermissions: given('block'),
  defaultScopes: scopes([]),
  maxScopes: scopes(),
  rotationOverlap: given('duration'),
  maxRotationOverlap: duration({ fallback: '30d', min: 0, max: 365 * DAY_SECONDS }),
  delegation: optionalBlock({
    maxExpiresIn: duration({ fallback: '15m', min: 60, max: 3_600 }),
    maxDepth: count({ fallback: 1, min: 1, max: 3 }),
    maxPerKey: count({ fallback: 20, min: 1, max: 1_000 }),
  }),
} satisfies OptionsOf<ApiKeyConfiguration>;

/** Options of one entry of `earlierFormats`. */
export const FORMAT_OPTIONS = { prefix: text(prefix), keyLength: count(keyLength) };

export const API_KEYS_OPTIONS = {
  ...CONFIGURATION_OPTIONS,
  configurations: given('blocks'),
  apiKeyHeaders: given<string | readonly string[]>(['text', 'texts'], 'x-api-key'),
  enableSessionForAPIKeys: flag(false),
  usageInterval: duration({ fallback: '60s', min: 1, max: 3_600 }),
  retention: given('duration'),
  hooks: hooks<ApiKeyHooks>({ authorizeOwner: 'function', listOwners: 'function', beforeCreate: 'function' }),
} satisfies OptionsOf<ApiKeysOptions>;
