import type { Client, ScopeText } from '../common/ports/authorization-server.js';
import type { HostUser } from '../common/ports/user-directory.js';
import { DEFAULT_SIGNING_ALGORITHM, type SigningAlgorithm } from '../common/keys/signing-algorithm.js';
import type { Duration } from '../common/options/duration.js';
import { choice, duration, flag, given, hooks, scopes, texts } from '../common/options/option.js';
import type { OptionsOf } from '../common/options/read-options.js';
import type { ClientMetadataDocumentsOptions } from './client-documents.options.js';
import type { AuthorizationDetailTypeOptions } from './authorization-detail.options.js';
import { FAPI_PROFILES, type FapiProfile, type TokenBinding } from './clients/metadata/client-rules.js';
import type { WorkloadIssuerOptions } from './workload.options.js';
import type { IdTokenClaims, StaticClientOptions } from './static-client.options.js';

/** Who may register clients: nobody; signed-in users and holders of an initial access token; anybody. */
export type RegistrationMode = 'off' | 'authenticated' | 'open';

/** The authorization server (OAuth 2.1) and OpenID provider. Needs accounts and jwt. */
export interface OAuthProviderOptions {
  /** The issuer again; any other than the default is refused. Default: that of `AuthModule.forRoot`. */
  readonly issuer?: string;
  /** Clients configured here. Default: none. */
  readonly clients?: readonly StaticClientOptions[];
  /**
   * Scopes that this server offers: names, or names with what they let a client do, in the words of your users. Consent, devices and the API
   * document say it so. Those of OpenID Connect have texts already. Default: `openid profile email address phone offline_access`.
   */
  readonly scopes?: readonly string[] | Readonly<Record<string, ScopeText>>;
  /** Scopes of a client that registers none. Default: those of `scopes` that OpenID Connect defines. */
  readonly defaultScopes?: readonly string[];
  /**
   * Those of `scopes` that no client gets that registered itself, whatever its users would allow: nobody here vouches for such a client
   * (OAuth 2.1 7.9). Administration may give them to its own. Default: none.
   */
  readonly sensitiveScopes?: readonly string[];
  /**
   * Types of `authorization_details` (RFC 9396): what clients may ask for more precisely than by scopes, e.g. one payment. Each request is
   * shown to the user, and none is remembered. Default: none.
   */
  readonly authorizationDetails?: Readonly<Record<string, AuthorizationDetailTypeOptions>>;
  /** Lifetime of an access token. Default `'1h'`, at most 7 days. */
  readonly accessTokenTTL?: Duration;
  /** Absolute lifetime of a chain of refresh tokens; refreshing does not extend it. Default `'30d'`, at most 400 days. */
  readonly refreshTokenTTL?: Duration;
  /** How long a refresh token may stay unused; its next use starts anew, up to `refreshTokenTTL`. Default `'14d'`, at most 400 days. */
  readonly refreshTokenIdleTTL?: Duration;
  /** Lifetime of an ID token. Default `'1h'`, at most 7 days. */
  readonly idTokenTTL?: Duration;
  /** Lifetime of an authorization code. Default 60 seconds, at most 10 minutes (T073). */
  readonly codeTTL?: Duration;
  /** How long an authorization request waits for the user's answer; for a sign-in at most 30 minutes. Default `'1h'`, 1 minute to 1 day. */
  readonly requestTTL?: Duration;
  /** Format of tokens for this server, and for resources and clients that name none: `opaque`, or `jwt` (RFC 9068). Default `opaque`. */
  readonly accessTokenFormat?: 'opaque' | 'jwt';
  /** Signature algorithm of JWT access tokens. Default `ES256`. */
  readonly accessTokenAlgorithm?: SigningAlgorithm;
  /**
   * Algorithms for ID tokens, signed userinfo, signed authorization responses and signed introspection. A client that chooses none gets the
   * first; for responses and introspection RS256, if it is listed. Default `RS256 ES256 EdDSA`.
   */
  readonly idTokenAlgorithms?: readonly SigningAlgorithm[];
  /** Which claims about the user ID tokens carry; a client may choose for itself (`id_token_claims`). Default `requested`. */
  readonly idTokenClaims?: IdTokenClaims;
  /**
   * A profile of FAPI 2.0 that every client keeps to: pushed requests, PKCE, tokens bound to a key or a certificate, clients that prove
   * themselves by a signature or a certificate, refresh tokens that are not rotated, no RS256. `fapi2-message-signing` adds signed requests
   * and signed answers. Contradicting options stop the boot. Default: none; a client may have one by itself.
   */
  readonly profile?: FapiProfile;
  /** Every authorization request is pushed (RFC 9126 5); a client may ask for it by itself. Default false. */
  readonly requirePushedAuthorizationRequests?: boolean;
  /** How long a pushed request may wait to be opened. Default 60 seconds, 5 to 599 seconds (RFC 9126 2.2). */
  readonly pushedAuthorizationRequestTTL?: Duration;
  /** Every authorization request is signed (RFC 9101 10.5), which turns `requestObjects` on; a client may ask for it by itself. Default false. */
  readonly requireSignedRequestObject?: boolean;
  /**
   * How the access tokens of every client must be bound: to a key (`dpop`, RFC 9449), to a certificate (`certificate`, RFC 8705), or to one of
   * them (`either`). Default: as each request asks for it, and each client has registered.
   */
  readonly requireBoundTokens?: Exclude<TokenBinding, 'optional'>;
  /**
   * What the `aud` of a client's assertion may be: this issuer or the address it is sent to (`any`, RFC 7523 3), or the issuer alone, as a
   * text (`issuer`, FAPI 2.0, RFC 7523bis). Default `any`.
   */
  readonly clientAssertionAudience?: 'any' | 'issuer';
  /**
   * Platforms whose workloads may authenticate as the clients that name them in `federatedIdentities`: Kubernetes, GitHub Actions, clouds.
   * Default: none.
   */
  readonly workloadIssuers?: readonly WorkloadIssuerOptions[];
  /** PKCE for every client, as OAuth 2.1 requires. Default true. */
  readonly oauth21?: boolean;
  /**
   * With `oauth21: false`: whether clients that do not set `require_pkce` must use PKCE. Public clients always must. Default: clients of
   * options and administration must, confidential clients that registered themselves need not.
   */
  readonly requirePKCE?: boolean;
  /**
   * The host's own sign-in page, relative or on a trusted origin, without fragment. What it sends back names the request: `oauth_query`
   * (the whole query it was called with) or `consent_code`; a consent page that sends neither answers the request asked last in that
   * browser. Default: the built-in page.
   */
  readonly loginPage?: string;
  /** The host's own page that asks for consent; likewise. */
  readonly consentPage?: string;
  /** The host's own page that asks which account to use; likewise. */
  readonly selectAccountPage?: string;
  /** The host's own page that makes new users; likewise. Default: the sign-in page. */
  readonly signUpPage?: string;
  /**
   * Which clients may reuse an earlier consent without asking the user again. `provable`: clients that authenticate, and public ones with
   * an https redirect URI; an app on a loopback address or with a scheme of its own asks each time, since any app can use its client id
   * (RFC 8252 8.6). `always`: every client. Default `provable`.
   */
  readonly rememberConsent?: 'provable' | 'always';
  /** Clients marked `firstParty` never ask for consent. Default false. */
  readonly skipConsentForFirstParty?: boolean;
  /** Who may register clients (RFC 7591). Default `off`. */
  readonly dynamicRegistration?:
    | RegistrationMode
    | {
        /** Who may: `off`, `authenticated` or `open`. */
        readonly mode: RegistrationMode;
        /** Lifetime of the secrets of registered clients. Default: no end. */
        readonly secretTTL?: Duration;
        /** Clients one user may have. Default 25. */
        readonly maxPerUser?: number;
        /** Clients that open registration may create per hour, in total. Default 1000. */
        readonly maxOpenPerHour?: number;
      };
  /** Clients that publish their metadata at their client id, an https address. Default: off. */
  readonly clientMetadataDocuments?: ClientMetadataDocumentsOptions;
  /**
   * Request objects by `request` and `request_uri` (RFC 9101); false refuses them with the standard error codes. Default: false, unless every
   * request has to be signed.
   */
  readonly requestObjects?: boolean;
  /**
   * Schemes of applications that are not named after a domain, without the colon: `['cursor', 'vscode']` lets native clients redirect to
   * `cursor://…`. Any application on a device can claim such a scheme, so each must be listed. Default: none; schemes named after a domain
   * (`com.example.app:/callback`, RFC 8252 7.1) need no entry.
   */
  readonly redirectSchemes?: readonly string[];
  /** Key of pairwise subject identifiers, 32 characters or more. Default: derived from the oldest `secret`; removing it changes them. */
  readonly pairwiseSecret?: string;
  /**
   * Origins, besides those of public clients and `trustedOrigins`, whose scripts may call token, userinfo, revocation and device
   * authorization. The host's own CORS has no effect there. Default: none.
   */
  readonly corsOrigins?: readonly string[];
  readonly hooks?: OAuthProviderHooks;
}

/** Called during the flow; throw an AuthError to veto. */
export interface OAuthProviderHooks {
  /** Adds claims to userinfo and, where a client requests them by name, to ID tokens. */
  customClaims?(context: {
    readonly user: HostUser;
    readonly client: Client;
    readonly scopes: readonly string[];
  }): Record<string, unknown> | Promise<Record<string, unknown>>;
  /**
   * Adds claims to ID tokens. Reserved ones (`iss`, `sub`, `aud`, `nonce`, …) are refused, but `may_act: { sub }`, the client that alone may
   * exchange the token (RFC 8693 4.4). At most 2 KB of JSON.
   */
  customIdTokenClaims?(context: {
    readonly user: HostUser;
    readonly client: Client;
    readonly scopes: readonly string[];
  }): Record<string, unknown> | Promise<Record<string, unknown>>;
  /** Adds claims to clients' access tokens that are JWTs; likewise. */
  customAccessTokenClaims?(context: {
    /** Null: the client acts for itself. */
    readonly user: HostUser | null;
    readonly client: Client;
    readonly scopes: readonly string[];
    /** RFC 8707; empty: this server. */
    readonly resources: readonly string[];
  }): Record<string, unknown> | Promise<Record<string, unknown>>;
  /** Called before a user authorizes a client: throw to refuse; the client gets the error. */
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
  scopes: given<NonNullable<OAuthProviderOptions['scopes']>>(['texts', 'block']),
  defaultScopes: scopes(),
  sensitiveScopes: scopes([]),
  authorizationDetails: given<Readonly<Record<string, AuthorizationDetailTypeOptions>>>('block', {}),
  accessTokenTTL: duration({ fallback: '1h', ...LIFETIME }),
  refreshTokenTTL: duration({ fallback: '30d', min: MINUTE_SECONDS, max: 400 * DAY_SECONDS }),
  refreshTokenIdleTTL: duration({ fallback: '14d', min: MINUTE_SECONDS, max: 400 * DAY_SECONDS }),
  idTokenTTL: duration({ fallback: '1h', ...LIFETIME }),
  codeTTL: duration({ fallback: MINUTE_SECONDS, min: 1, max: 10 * MINUTE_SECONDS }),
  requestTTL: duration({ fallback: '1h', min: MINUTE_SECONDS, max: DAY_SECONDS }),
  accessTokenFormat: choice(['opaque', 'jwt'], 'opaque'),
  accessTokenAlgorithm: given<SigningAlgorithm>('text', DEFAULT_SIGNING_ALGORITHM),
  idTokenAlgorithms: given<readonly SigningAlgorithm[]>('texts', ['RS256', 'ES256', 'EdDSA']),
  idTokenClaims: choice(['requested', 'scope'], 'requested'),
  profile: choice(FAPI_PROFILES),
  requirePushedAuthorizationRequests: flag(),
  pushedAuthorizationRequestTTL: duration({ fallback: MINUTE_SECONDS, min: 5, max: 599 }),
  requireSignedRequestObject: flag(),
  requireBoundTokens: choice(['dpop', 'certificate', 'either']),
  clientAssertionAudience: choice(['any', 'issuer']),
  workloadIssuers: given<readonly WorkloadIssuerOptions[]>('blocks', []),
  oauth21: flag(true),
  requirePKCE: flag(),
  loginPage: given('text'),
  consentPage: given('text'),
  selectAccountPage: given('text'),
  signUpPage: given('text'),
  rememberConsent: choice(['provable', 'always'], 'provable'),
  skipConsentForFirstParty: flag(false),
  dynamicRegistration: given<NonNullable<OAuthProviderOptions['dynamicRegistration']>>(['text', 'block'], 'off'),
  clientMetadataDocuments: given<ClientMetadataDocumentsOptions>('block'),
  requestObjects: flag(),
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

export const REGISTRATION_OPTIONS = {
  mode: given('text'),
  secretTTL: duration({ min: MINUTE_SECONDS, max: 3_650 * DAY_SECONDS }),
  maxPerUser: given('number', 25),
  maxOpenPerHour: given('number', 1_000),
} satisfies OptionsOf<Exclude<OAuthProviderOptions['dynamicRegistration'], string | undefined>>;
