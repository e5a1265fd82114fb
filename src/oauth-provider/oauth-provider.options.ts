import type { Client } from '../common/ports/authorization-server.js';
import type { HostUser } from '../common/ports/user-directory.js';
import { DEFAULT_SIGNING_ALGORITHM, type SigningAlgorithm } from '../common/keys/signing-algorithm.js';
import type { Duration } from '../common/options/duration.js';
import { choice, duration, flag, given, hooks, scopes, texts } from '../common/options/option.js';
import type { OptionsOf } from '../common/options/read-options.js';
import type { IdTokenClaims, StaticClientOptions } from './static-client.options.js';

/** An API that tokens are asked for by `resource` (RFC 8707). */
export interface ResourceOptions {
  /** Absolute address without fragment: the token's `aud`. */
  readonly resource: string;
  /** Scopes its tokens may have. Default: all. */
  readonly scopes?: readonly string[];
  /** Form of its tokens. Default: the client's, else the server's. */
  readonly accessTokenFormat?: 'opaque' | 'jwt';
  /** Life of its tokens, at most 7 days. Default: the server's; the shortest of several wins. */
  readonly accessTokenTTL?: Duration;
}

/** Nobody, signed-in users and holders of an initial access token, or anybody. */
export type RegistrationMode = 'off' | 'authenticated' | 'open';

/** The authorization server (OAuth 2.1) and OpenID provider. Needs accounts and, for `openid` and JWT access tokens, jwt. */
export interface OAuthProviderOptions {
  /** Says the issuer once more. Default: that of `AuthModule.forRoot`; another one is refused. */
  readonly issuer?: string;
  /** Clients that are named here. Default: none. */
  readonly clients?: readonly StaticClientOptions[];
  /** Scopes there are. Default: `openid profile email address phone offline_access`. */
  readonly scopes?: readonly string[];
  /** Scopes of a client that registers none. Default: those of `scopes` that OpenID Connect defines. */
  readonly defaultScopes?: readonly string[];
  /** APIs that tokens can be asked for. Default: none. */
  readonly resources?: readonly ResourceOptions[];
  /** Life of an access token. Default `'1h'`, at most 7 days. */
  readonly accessTokenTTL?: Duration;
  /** Absolute life of a chain of refresh tokens; refreshing does not extend it. Default `'30d'`, at most 400 days. */
  readonly refreshTokenTTL?: Duration;
  /** Life of an ID token. Default `'1h'`, at most 7 days. */
  readonly idTokenTTL?: Duration;
  /** Life of an authorization code. Default 60 seconds, at most 10 minutes (T073). */
  readonly codeTTL?: Duration;
  /** How long a request waits for its user; for somebody to sign in at most 30 minutes of it. Default `'1h'`, 1 minute to 1 day. */
  readonly requestTTL?: Duration;
  /** Form of tokens for this server, and of resources and clients that name none: `opaque`, or `jwt` (RFC 9068). Default `opaque`. */
  readonly accessTokenFormat?: 'opaque' | 'jwt';
  /** Signature algorithm of JWT access tokens. Default `ES256`. */
  readonly accessTokenAlgorithm?: SigningAlgorithm;
  /** Algorithms a client may choose for ID tokens and signed userinfo. Default `RS256 ES256 EdDSA`; the first is that of clients that choose none. */
  readonly idTokenAlgorithms?: readonly SigningAlgorithm[];
  /** Which claims about the user ID tokens carry; a client may say so itself (`id_token_claims`). Default `requested`. */
  readonly idTokenClaims?: IdTokenClaims;
  /** PKCE for every client, as OAuth 2.1 asks. Default true. */
  readonly oauth21?: boolean;
  /**
   * The same, with `oauth21: false`, for clients that do not say (`require_pkce`). Public clients always use it. Default: clients of
   * options and administration use it, confidential clients that registered themselves need not.
   */
  readonly requirePKCE?: boolean;
  /**
   * The host's own pages, relative or on a trusted origin, without fragment. Default: built-in ones. What they send back names the request: `oauth_query`
   * (all they were called with) or `consent_code`; a page of consent that sends neither answers the one that was asked last in that browser.
   */
  readonly loginPage?: string;
  /** Asks for consent; likewise. */
  readonly consentPage?: string;
  /** Asks which account is meant; likewise. */
  readonly selectAccountPage?: string;
  /** Makes new users; likewise. Default: the page of sign-in. */
  readonly signUpPage?: string;
  /**
   * Whose users are not asked again for what they have granted. `provable`: clients that prove themselves, and public ones at an
   * https address; an app at a loopback address or a scheme of its own asks each time, since anybody may go by its id (RFC 8252 8.6).
   * `always`: every client. Default `provable`.
   */
  readonly rememberConsent?: 'provable' | 'always';
  /** Clients marked `firstParty` ask nobody for consent. Default false. */
  readonly skipConsentForFirstParty?: boolean;
  /** Who may register clients (RFC 7591). Default `off`. */
  readonly dynamicRegistration?:
    | RegistrationMode
    | {
        /** Who may: `off`, `authenticated` or `open`. */
        readonly mode: RegistrationMode;
        /** Life of secrets of registered clients. Default: no end. */
        readonly secretTTL?: Duration;
        /** Clients one user may have. Default 25. */
        readonly maxPerUser?: number;
        /** Clients that open registration makes in an hour, all in all. Default 1000. */
        readonly maxOpenPerHour?: number;
      };
  /** Request objects by `request` and `request_uri` (RFC 9101). Default false: refused with the standard codes. */
  readonly requestObjects?: boolean;
  /**
   * Schemes of applications that are named after no domain, as they stand before the colon: `['cursor', 'vscode']` lets native clients be sent
   * back to `cursor://…`. Any application on a device may take such a scheme, so only those are taken that are listed. Default: none; those
   * named after a domain (`com.example.app:/callback`, RFC 8252 7.1) need no entry.
   */
  readonly redirectSchemes?: readonly string[];
  /** Key of pairwise subject identifiers, at least 32 characters. Default: derived from the oldest `secret`, so that they change when it goes. */
  readonly pairwiseSecret?: string;
  /**
   * Origins, besides those of public clients and `trustedOrigins`, whose scripts may call token, userinfo, revocation and device
   * authorization. There the host's
   * own CORS allows nobody. Default: none.
   */
  readonly corsOrigins?: readonly string[];
  readonly hooks?: OAuthProviderHooks;
}

/** Run inside the flow; throw an AuthError to veto. */
export interface OAuthProviderHooks {
  /** Adds claims to userinfo and, where they were asked for by name, to ID tokens. */
  customClaims?(context: {
    readonly user: HostUser;
    readonly client: Client;
    readonly scopes: readonly string[];
  }): Record<string, unknown> | Promise<Record<string, unknown>>;
  /** Adds claims to ID tokens. Reserved ones (`iss`, `sub`, `aud`, `nonce`, …) are refused. At most 2 KB of JSON. */
  customIdTokenClaims?(context: {
    readonly user: HostUser;
    readonly client: Client;
    readonly scopes: readonly string[];
  }): Record<string, unknown> | Promise<Record<string, unknown>>;
  /** Adds claims to access tokens of clients that are JWTs; likewise. */
  customAccessTokenClaims?(context: {
    /** Null: the client acts for itself. */
    readonly user: HostUser | null;
    readonly client: Client;
    readonly scopes: readonly string[];
    /** RFC 8707; empty: this server. */
    readonly resources: readonly string[];
  }): Record<string, unknown> | Promise<Record<string, unknown>>;
  /** Whether this user may use this client at all: throws to keep them from it, and the client hears of it. */
  beforeAuthorization?(context: {
    readonly subjectId: string;
    readonly client: Client;
    readonly scopes: readonly string[];
  }): void | Promise<void>;
}

const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;
const LIFETIME = { min: 1, max: 7 * DAY_SECONDS };

export const OAUTH_PROVIDER_OPTIONS = {
  issuer: given('text'),
  clients: given<readonly StaticClientOptions[]>('blocks', []),
  scopes: scopes(),
  defaultScopes: scopes(),
  resources: given<readonly ResourceOptions[]>('blocks', []),
  accessTokenTTL: duration({ fallback: '1h', ...LIFETIME }),
  refreshTokenTTL: duration({ fallback: '30d', min: MINUTE_SECONDS, max: 400 * DAY_SECONDS }),
  idTokenTTL: duration({ fallback: '1h', ...LIFETIME }),
  codeTTL: duration({ fallback: MINUTE_SECONDS, min: 1, max: 10 * MINUTE_SECONDS }),
  requestTTL: duration({ fallback: '1h', min: MINUTE_SECONDS, max: DAY_SECONDS }),
  accessTokenFormat: choice(['opaque', 'jwt'], 'opaque'),
  accessTokenAlgorithm: given<SigningAlgorithm>('text', DEFAULT_SIGNING_ALGORITHM),
  idTokenAlgorithms: given<readonly SigningAlgorithm[]>('texts', ['RS256', 'ES256', 'EdDSA']),
  idTokenClaims: choice(['requested', 'scope'], 'requested'),
  oauth21: flag(true),
  requirePKCE: flag(),
  loginPage: given('text'),
  consentPage: given('text'),
  selectAccountPage: given('text'),
  signUpPage: given('text'),
  rememberConsent: choice(['provable', 'always'], 'provable'),
  skipConsentForFirstParty: flag(false),
  dynamicRegistration: given<NonNullable<OAuthProviderOptions['dynamicRegistration']>>(['text', 'block'], 'off'),
  requestObjects: flag(false),
  redirectSchemes: texts(),
  pairwiseSecret: given('text'),
  corsOrigins: texts(),
  hooks: hooks<OAuthProviderHooks>({
    customClaims: 'function',
    customIdTokenClaims: 'function',
    customAccessTokenClaims: 'function',
    beforeAuthorization: 'function',
  }),
} satisfies OptionsOf<OAuthProviderOptions>;

export const RESOURCE_OPTIONS = {
  resource: given('text'),
  scopes: scopes(),
  accessTokenFormat: choice(['opaque', 'jwt']),
  accessTokenTTL: duration(LIFETIME),
} satisfies OptionsOf<ResourceOptions>;

export const REGISTRATION_OPTIONS = {
  mode: given('text'),
  secretTTL: duration({ min: MINUTE_SECONDS, max: 3_650 * DAY_SECONDS }),
  maxPerUser: given('number', 25),
  maxOpenPerHour: given('number', 1_000),
} satisfies OptionsOf<Exclude<OAuthProviderOptions['dynamicRegistration'], string | undefined>>;
