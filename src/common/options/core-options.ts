import type { CanActivate, Type } from '@nestjs/common';
import type { Mail } from '../mail/mail.js';
import { COOKIE_OPTIONS, resolveCookies, type CookieOptions, type CookieSettings } from './cookie-options.js';
import { DPOP_OPTIONS, resolveCoreDpop, type DpopOptions, type DpopSettings } from '../dpop/dpop.options.js';
import type { Duration } from './duration.js';
import { resolveIssuer, resolveSecrets } from './issuer-and-secret.js';
import { DEFAULT_ACR_NAMES } from '../principal/acr-ladder.js';
import { MTLS_OPTIONS, resolveMtls, type MtlsOptions, type MtlsSettings } from './mtls-options.js';
import { impliedScopes } from './implied-scopes-option.js';
import { count, duration, flag, given, text, texts } from './option.js';
import { PAGES_OPTIONS, resolvePages, type PagesOptions, type PagesSettings } from './page-options.js';
import { resolveResources, type Resources } from '../resources/resources.js';
import type { ResourceOptions } from '../resources/resource.options.js';
import { TRANSPORTS_OPTIONS, type TransportsOptions } from './transport-options.js';
import { block, optionalBlock, readOptions, type OptionsOf, type SettingsOf } from './read-options.js';
import { resolveTrustedOrigins, type OriginCheck, type OriginRules } from './trusted-origins.js';

/** Settings that all capabilities share; given once, to `AuthModule.forRoot` or `AuthCoreModule.forRoot`. */
export interface AuthCoreOptions {
  /**
   * Public base address of this server, e.g. `https://auth.example.com`: the issuer of every token and the base of every
   * link. http is accepted for loopback hosts only. It is never taken from a request (T013).
   */
  readonly issuer: string;
  /**
   * At least 32 random characters, from which the keys for signing and encryption are derived. An array is for rotation:
   * the first one signs and encrypts, all of them verify and decrypt.
   */
  readonly secret: string | readonly string[];
  /**
   * Origins besides the issuer's that browsers and apps may call from and be sent back to: Origin check, CORS, callback addresses.
   * - `https://app.example.com`: this origin.
   * - `https://*.example.com`: every name one label below. Anyone who can get a name there is trusted.
   * - `myapp://`, `exp://`, `chrome-extension://<id>`, `myapp://callback`: an app's own scheme, with or without its host.
   * - A function, as an entry or in place of the list: called once for each origin of a request that no text matches; only `true` trusts it.
   *
   * Default: none.
   */
  readonly trustedOrigins?: readonly (string | OriginCheck)[] | OriginCheck;
  /** How long a verified credential may be served from memory. Default `'5s'`, 0 turns the cache off, at most 60 s. */
  readonly cacheTtl?: Duration;
  /** Verified credentials kept in memory. Default 10000. */
  readonly cacheSize?: number;
  /**
   * Proxies whose `X-Forwarded-For` is trusted: addresses, CIDR ranges or `'loopback'`; the log says when one is missing.
   * Default: none, the header is ignored.
   */
  readonly trustProxy?: readonly string[];
  /**
   * Limits by address and by sign-in. Default true. Does not affect the limits of an API key, nor the bound on guesses of device user codes
   * (RFC 8628 5.1), which always applies. False is for tests, or when something in front of this server limits requests.
   */
  readonly rateLimits?: boolean;
  /** Also looks up credentials made by better-auth, which carry no checksum. Default false. */
  readonly legacyCredentials?: boolean;
  readonly cookies?: CookieOptions;
  /**
   * Opens the routes under `/admin` to callers that this guard lets through. Without it they do not exist. The guard is the host's: a class
   * (which Nest instantiates) or an object.
   */
  readonly administration?: { readonly guard: Type<CanActivate> | CanActivate };
  /**
   * Lets outbound requests (token endpoints, discovery) reach loopback and private addresses, loopback also by plain http.
   * Default false: an address in options or in a client's metadata must not give access to this server's network (T096).
   */
  readonly allowPrivateNetwork?: boolean;
  /**
   * Stops the boot when the database answers and our migrations have not run, and on PostgreSQL before 13. Default true. False is for hosts
   * that create the tables in another way, or only after the start: until then requests that need a table get 503.
   */
  readonly checkMigrations?: boolean;
  /**
   * Sends messages to users: a function, an object or a class (which Nest makes). What needs it refuses to work without it; notices are left
   * out (docs/guides/mail.md). Default: none.
   */
  readonly mail?: Type<Mail> | Mail | Mail['send'];
  /** The look and the words of the built-in pages (docs/guides/pages.md). */
  readonly pages?: PagesOptions;
  /**
   * What each strength of a sign-in is called in tokens and in `@StepUp` (`acr`, OIDC Core 2): docs/guides/step-up.md.
   */
  readonly acr?: {
    /** One factor that we have seen: a password, a code. Default `urn:nest-authority:acr:pwd`. */
    readonly password?: string;
    /** Two factors. Default `urn:nest-authority:acr:mfa`. */
    readonly multiFactor?: string;
    /** A key that no other site can have asked for, and that has verified its user. Default `urn:nest-authority:acr:phr`. */
    readonly phishingResistant?: string;
  };
  /** Tokens that are of no use without the key of their holder (docs/guides/dpop.md). */
  readonly dpop?: DpopOptions;
  /** Protected resources, e.g. MCP servers: APIs that clients request tokens for (docs/guides/oauth-provider.md). Default: none. */
  readonly resources?: readonly ResourceOptions[];
  /**
   * Scopes that have others within them, e.g. `{ 'files:write': ['files:read'] }`, over several steps as well. Guards go by it, of whatever
   * credential; tokens have the scopes that were granted. Default: none.
   */
  readonly impliedScopes?: Readonly<Record<string, readonly string[]>>;
  /** What messages of microservices carry (docs/guides/transports.md). */
  readonly transports?: TransportsOptions;
  /**
   * Takes client certificates from a proxy that terminates TLS (RFC 8705): to authenticate clients, and to bind tokens. Default: off
   * (docs/guides/mtls.md).
   */
  readonly mtls?: MtlsOptions;
  readonly sweep?: {
    /** Expired rows are deleted in the background, by one node at a time. Default true. */
    readonly enabled?: boolean;
    /** How often. Default `'10m'`, 1 second to 1 day. */
    readonly interval?: Duration;
  };
}

/** Options that Nest must know before any async factory has run. */
export interface AuthStaticOptions {
  readonly routes?: {
    /** Path under which the routes are mounted, below your global prefix. Default `/api/auth`. */
    readonly prefix?: string;
  };
  /** Name of the TypeORM data source. Default: the default one. */
  readonly dataSource?: string;
}

/** In a challenge names stand in quotes, with spaces between them (RFC 9470 3). */
const acrName = (fallback: string) =>
  text({
    fallback,
    fits: (name) => /^[\x21\x23-\x5B\x5D-\x7E]{1,255}$/.test(name),
    otherwise: 'is not an acr value. Give up to 255 visible characters, without quotes and backslashes.',
  });

export const AUTH_CORE_OPTIONS = {
  issuer: given('text'),
  secret: given(['text', 'texts']),
  trustedOrigins: given(['list', 'function']),
  cacheTtl: duration({ fallback: '5s', min: 0, max: 60 }),
  cacheSize: count({ fallback: 10_000, min: 100, max: 10_000_000 }),
  trustProxy: texts(),
  rateLimits: flag(true),
  legacyCredentials: flag(false),
  cookies: block(COOKIE_OPTIONS),
  administration: block({ guard: given<Type<CanActivate> | CanActivate>(['function', 'block']) }),
  allowPrivateNetwork: flag(false),
  checkMigrations: flag(true),
  mail: given<Type<Mail> | Mail | Mail['send']>(['function', 'block']),
  pages: block(PAGES_OPTIONS),
  acr: block({
    password: acrName(DEFAULT_ACR_NAMES.password),
    multiFactor: acrName(DEFAULT_ACR_NAMES.multiFactor),
    phishingResistant: acrName(DEFAULT_ACR_NAMES.phishingResistant),
  }),
  dpop: block(DPOP_OPTIONS),
  resources: given<readonly ResourceOptions[]>('blocks', []),
  impliedScopes: impliedScopes(),
  transports: block(TRANSPORTS_OPTIONS),
  mtls: optionalBlock(MTLS_OPTIONS),
  sweep: block({ enabled: flag(true), interval: duration({ fallback: '10m', min: 1, max: 86_400 }) }),
} satisfies OptionsOf<AuthCoreOptions>;

export const AUTH_STATIC_OPTIONS = {
  routes: block({ prefix: given<string>('text') }),
  dataSource: given('text'),
} satisfies OptionsOf<AuthStaticOptions>;

type Given = SettingsOf<typeof AUTH_CORE_OPTIONS>;

/** Core options as `resolveCoreOptions` returns them: checked, with defaults, frozen. */
export interface CoreSettings extends Omit<
  Given,
  'secret' | 'trustedOrigins' | 'cookies' | 'administration' | 'pages' | 'dpop' | 'mtls' | 'resources'
> {
  readonly issuer: string;
  readonly issuerUrl: Readonly<URL>;
  /** Newest first. */
  readonly secrets: readonly string[];
  /** Includes the issuer's origin. */
  readonly trustedOrigins: OriginRules;
  readonly cookies: CookieSettings;
  readonly pages: PagesSettings;
  readonly dpop: DpopSettings;
  readonly resources: Resources;
  /** Null: certificates of clients are not read. */
  readonly mtls: MtlsSettings | null;
  readonly administrationGuard: Type<CanActivate> | CanActivate | null;
}

export const DEFAULT_ROUTE_PREFIX = '/api/auth';
export const CORE_OPTIONS = Symbol('nest-authority:core-options');
export const CORE_SETTINGS = Symbol('nest-authority:core-settings');
export const ROUTE_PREFIX = Symbol('nest-authority:route-prefix');
export const AUTH_DATA_SOURCE = Symbol('nest-authority:data-source');

/**
 * Checks the core options and fills in the defaults.
 * @throws Error whose message names the option, the fault and the remedy; stops the boot.
 */
export function resolveCoreOptions(options: AuthCoreOptions | undefined): CoreSettings {
  if (!options || typeof options !== 'object')
    throw new Error(
      'Give { issuer, secret } to AuthModule.forRoot, or import AuthCoreModule.forRoot({ issuer, secret }) beside single capabilities.',
    );
  const {
    secret: _,
    trustedOrigins,
    cookies,
    administration,
    pages,
    dpop,
    mtls,
    resources,
    ...settings
  } = readOptions('', options, AUTH_CORE_OPTIONS);
  const issuerUrl = resolveIssuer(options.issuer);
  const issuer = issuerUrl.href.replace(/\/$/, '');
  return Object.freeze({
    ...settings,
    issuer,
    issuerUrl,
    secrets: resolveSecrets(options.secret),
    trustedOrigins: resolveTrustedOrigins(trustedOrigins, issuerUrl.origin),
    cookies: resolveCookies(cookies, issuerUrl),
    pages: resolvePages(pages),
    dpop: resolveCoreDpop(dpop),
    resources: resolveResources(resources, issuer),
    mtls: resolveMtls(mtls, { issuerUrl, trustProxy: settings.trustProxy }),
    administrationGuard: administration.guard,
  });
}
