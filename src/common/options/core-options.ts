import type { CanActivate, Type } from '@nestjs/common';
import type { Duration } from './duration.js';

/** Settings that all capabilities share; given once, to `AuthModule.forRoot` or `AuthCoreModule.forRoot`. */
export interface AuthCoreOptions {
  /**
   * Public base address of this server, e.g. `https://auth.example.com`: the issuer of every token and the base of every
   * link. http is accepted for loopback hosts only. It is never taken from a request (T013).
   */
  readonly issuer: string;
  /**
   * At least 32 characters of randomness, from which every signing and encryption key is derived. An array rotates:
   * the first one signs and encrypts, all of them verify and decrypt.
   */
  readonly secret: string | readonly string[];
  /** Origins besides the issuer's that browsers may call from: Origin check, CORS, callback addresses. Default: none. */
  readonly trustedOrigins?: readonly string[];
  /** How long a verified credential may be served from memory. Default `'5s'`, 0 turns the cache off, at most 60 s. */
  readonly cacheTtl?: Duration;
  /** Verified credentials kept in memory. Default 10000. */
  readonly cacheSize?: number;
  /**
   * Proxies whose `X-Forwarded-For` is believed: addresses, CIDR ranges or `'loopback'`. Default: none, the header is ignored.
   */
  readonly trustProxy?: readonly string[];
  /**
   * Limits by address and by sign-in. Default true. The limits of an API key are not meant, nor is the bound on guesses of the user codes of
   * devices (RFC 8628 5.1), which is always there. False is for tests, or where something in front of this server limits.
   */
  readonly rateLimits?: boolean;
  /** Looks up credentials made by better-auth, which carry no checksum, as well. Default false. */
  readonly legacyCredentials?: boolean;
  readonly cookies?: {
    /** First part of every cookie name. Default `better-auth`, so that sessions survive a move. */
    readonly prefix?: string;
    /** Uses the `__Host-` prefix instead of `__Secure-`. Needs an https issuer. Default false. */
    readonly hostPrefix?: boolean;
  };
  /**
   * Opens the routes under `/admin` to whom this guard lets through. Without it they do not exist. The guard is the host's: a class
   * (made by Nest) or an object.
   */
  readonly administration?: { readonly guard: Type<CanActivate> | CanActivate };
  /**
   * Lets outbound requests (token endpoints, discovery) reach loopback and private addresses, loopback also by plain http.
   * Default false: an address in options or in somebody's metadata must not open the network this server stands in (T096).
   */
  readonly allowPrivateNetwork?: boolean;
  /**
   * Stops the boot when the database answers and migrations of ours have not run. Default true. False is for those who make the tables in
   * another way, or only after the start: until then every request that needs a table is answered 503.
   */
  readonly checkMigrations?: boolean;
  /** Expired rows are deleted in the background, by one node at a time. Default true, every 10 minutes. */
  readonly sweep?: { readonly enabled?: boolean; readonly interval?: Duration };
}

/** What `resolveCoreOptions` makes of the above: nothing optional, frozen. */
export interface CoreSettings {
  readonly issuer: string;
  readonly issuerUrl: Readonly<URL>;
  /** Newest first. */
  readonly secrets: readonly string[];
  /** Serialised origins, the issuer's first. */
  readonly trustedOrigins: ReadonlySet<string>;
  readonly cacheTtlSeconds: number;
  readonly cacheSize: number;
  readonly trustProxy: readonly string[];
  readonly rateLimits: boolean;
  readonly legacyCredentials: boolean;
  readonly administrationGuard: Type<CanActivate> | CanActivate | null;
  readonly cookies: { readonly prefix: string; readonly securePrefix: '' | '__Secure-' | '__Host-' };
  readonly allowPrivateNetwork: boolean;
  readonly checkMigrations: boolean;
  readonly sweep: { readonly enabled: boolean; readonly intervalSeconds: number };
}

/** Options that Nest must know before any async factory has run. */
export interface AuthStaticOptions {
  /** Path under which the routes are mounted. Default `/api/auth`. */
  readonly routes?: { readonly prefix?: string };
  /** Name of the TypeORM data source. Default: the default one. */
  readonly dataSource?: string;
}

export const DEFAULT_ROUTE_PREFIX = '/api/auth';
export const CORE_OPTIONS = Symbol('nest-authority:core-options');
export const CORE_SETTINGS = Symbol('nest-authority:core-settings');
export const ROUTE_PREFIX = Symbol('nest-authority:route-prefix');
export const AUTH_DATA_SOURCE = Symbol('nest-authority:data-source');
