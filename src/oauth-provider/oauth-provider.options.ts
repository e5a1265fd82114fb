import type { Client, ClientAuthMethod } from '../common/host/authorization-server.js';
import type { HostUser } from '../common/host/user-directory.js';
import type { SigningAlgorithm } from '../common/keys/signing-algorithm.js';
import type { Duration } from '../common/options/duration.js';
import type { ClientMetadata } from './clients/client-metadata.js';

/** A client that options name. It exists as long as they do, and nobody changes it over HTTP. */
export interface StaticClientOptions {
  readonly clientId: string;
  /** Left out for a public client; there without a value it stops the boot, unless the method is `none`. */
  readonly clientSecret?: string;
  /** Shown to users. Default: `clientId`. */
  readonly name?: string;
  /** Addresses it may have users sent back to, compared character by character. Default: none. */
  readonly redirectUris?: readonly string[];
  /** Scopes users may grant it. Default: `defaultScopes`. */
  readonly scopes?: readonly string[];
  /**
   * Default: with `redirectUris` `authorization_code`, and `refresh_token` when it may ask for `offline_access`, as of every client; with
   * `clientCredentialsScopes` `client_credentials`.
   */
  readonly grantTypes?: readonly string[];
  /** Default: `client_secret_basic` with a secret (`client_secret_post` is taken from it too), else `none`. */
  readonly tokenEndpointAuthMethod?: ClientAuthMethod;
  /** Of the same house: see `skipConsentForFirstParty`. Default false. */
  readonly firstParty?: boolean;
  /** Never asks the user. Default false. */
  readonly skipConsent?: boolean;
  /** Default: the server's rule, `oauth21` and `requirePKCE`. */
  readonly requirePkce?: boolean;
  /** Scopes it has as itself. Default: none; if `grantTypes` names `client_credentials`, those of `scopes` that are about no user. */
  readonly clientCredentialsScopes?: readonly string[];
  /**
   * Resources it may ask tokens for. Default: all of `resources`. A confidential client that names them stands for them: it may introspect
   * every token that is meant for one of them (RFC 7662).
   */
  readonly resources?: readonly string[];
  /** Default: the server's. */
  readonly accessTokenFormat?: 'opaque' | 'jwt';
  /** Anything else that RFC 7591 and OpenID Connect name, in their own names; checked as in a registration. */
  readonly metadata?: Partial<ClientMetadata>;
}

/** An API that tokens are asked for by `resource` (RFC 8707). */
export interface ResourceOptions {
  /** Absolute address without fragment: the token's `aud`. */
  readonly resource: string;
  /** Scopes its tokens may have. Default: all. */
  readonly scopes?: readonly string[];
  /** Default: the client's, else the server's. */
  readonly accessTokenFormat?: 'opaque' | 'jwt';
  /** At most 7 days. Default: the server's; the shortest of several wins. */
  readonly accessTokenTTL?: Duration;
}

/** Nobody, signed-in users and holders of an initial access token, or anybody. */
export type RegistrationMode = 'off' | 'authenticated' | 'open';

/** The authorization server (OAuth 2.1) and OpenID provider. Needs accounts and, for `openid` and JWT access tokens, jwt. */
export interface OAuthProviderOptions {
  /** Default: the issuer of `AuthModule.forRoot`; another one is refused. */
  readonly issuer?: string;
  /** Clients that are named here. Default: none. */
  readonly clients?: readonly StaticClientOptions[];
  /** Scopes there are. Default: `openid profile email address phone offline_access`. */
  readonly scopes?: readonly string[];
  /** Scopes of a client that registers none. Default: those of `scopes` that OpenID Connect defines. */
  readonly defaultScopes?: readonly string[];
  /** APIs that tokens can be asked for. Default: none. */
  readonly resources?: readonly ResourceOptions[];
  /** Default `'1h'`, at most 7 days. */
  readonly accessTokenTTL?: Duration;
  /** Absolute life of a chain of refresh tokens. Default `'30d'`, at most 400 days. */
  readonly refreshTokenTTL?: Duration;
  /** Default `'1h'`, at most 7 days. */
  readonly idTokenTTL?: Duration;
  /** Default 60 seconds, at most 10 minutes (T073). */
  readonly codeTTL?: Duration;
  /** How long a request waits for its user. Default `'1h'`, 1 minute to 1 day. */
  readonly requestTTL?: Duration;
  /** Of tokens for this server, and of resources and clients that name none. Default `opaque`. */
  readonly accessTokenFormat?: 'opaque' | 'jwt';
  /** Of JWT access tokens. Default `ES256`. */
  readonly accessTokenAlgorithm?: SigningAlgorithm;
  /** Algorithms a client may choose for ID tokens and signed userinfo. Default `RS256 ES256 EdDSA`; the first is that of clients that choose none. */
  readonly idTokenAlgorithms?: readonly SigningAlgorithm[];
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
  readonly consentPage?: string;
  readonly selectAccountPage?: string;
  readonly signUpPage?: string;
  /** Clients marked `firstParty` ask nobody for consent. Default false. */
  readonly skipConsentForFirstParty?: boolean;
  /** Who may register clients (RFC 7591). Default `off`. */
  readonly dynamicRegistration?:
    | RegistrationMode
    | {
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
   * Origins, besides those of public clients and `trustedOrigins`, whose scripts may call token, userinfo and revocation. There the host's
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
  /** Whether this user may use this client at all. */
  beforeAuthorization?(context: {
    readonly subjectId: string;
    readonly client: Client;
    readonly scopes: readonly string[];
  }): void | Promise<void>;
}
