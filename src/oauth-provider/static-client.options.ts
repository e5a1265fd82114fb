import type { ClientAuthMethod } from '../common/ports/authorization-server.js';
import { choice, flag, given } from '../common/options/option.js';
import type { OptionsOf } from '../common/options/read-options.js';
import { FAPI_PROFILES, type FapiProfile } from './clients/metadata/client-rules.js';
import type { FederatedIdentityOptions } from './workload.options.js';
import type { ClientMetadata } from './clients/metadata/client-metadata.js';

/** Claims requested by name (OIDC Core 5.5), or also those of the scopes (5.4), for clients that do not call userinfo. */
export type IdTokenClaims = 'requested' | 'scope';

/** A client configured in options. It exists as long as its entry does, and cannot be changed over HTTP. */
export interface StaticClientOptions {
  /** Its id. */
  readonly clientId: string;
  /** Left out for a public client. Given without a value, it stops the boot, unless the method is `none`. */
  readonly clientSecret?: string;
  /** Shown to users. Default: `clientId`. */
  readonly name?: string;
  /** Redirect URIs, compared character by character. Default: none. */
  readonly redirectUris?: readonly string[];
  /** Scopes users may grant it. Default: `defaultScopes`. */
  readonly scopes?: readonly string[];
  /**
   * Grants it may use. Default: with `redirectUris` `authorization_code`, plus `refresh_token` if it may ask for `offline_access`, as for
   * every client; with `clientCredentialsScopes` `client_credentials`.
   */
  readonly grantTypes?: readonly string[];
  /**
   * How it authenticates, also `client_secret_jwt` or `private_key_jwt`. Default: `client_secret_basic` with a secret (`client_secret_post`
   * is accepted too), with `federatedIdentities` alone `private_key_jwt`, else `none`.
   */
  readonly tokenEndpointAuthMethod?: ClientAuthMethod;
  /** Belongs to the host's own organisation: see `skipConsentForFirstParty` of the provider. Default false. */
  readonly firstParty?: boolean;
  /** It is an agent, and consent says so: it acts for users without asking them each time. Default false. */
  readonly agent?: boolean;
  /** Never asks the user for consent: you vouch for every caller that can present itself as this client. Default false. */
  readonly skipConsent?: boolean;
  /** Whether a user's earlier consent is reused: false never, true always. Default: the server's rule, `rememberConsent`. */
  readonly rememberConsent?: boolean;
  /** Whether it must use PKCE. Default: the server's rule, `oauth21` and `requirePKCE`. */
  readonly requirePkce?: boolean;
  /** Scopes it may get for itself. Default: none; with `client_credentials` in `grantTypes`, those of `scopes` not about users. */
  readonly clientCredentialsScopes?: readonly string[];
  /**
   * Resources it may request tokens for. A confidential client that names resources acts for them: it may introspect every token meant for
   * one of them (RFC 7662). Default: all of `resources`.
   */
  readonly resources?: readonly string[];
  /** Format of its access tokens. Default: the server's. */
  readonly accessTokenFormat?: 'opaque' | 'jwt';
  /** A profile of FAPI 2.0 that it must keep to. Default: the server's, `profile`. */
  readonly profile?: FapiProfile;
  /** What the `aud` of its assertions may be: see the provider's option. Default: the server's rule. */
  readonly clientAssertionAudience?: 'any' | 'issuer';
  /**
   * Workloads that may present themselves as it, by tokens of `workloadIssuers` in place of a secret. Not with a profile of FAPI 2.0.
   * Default: none.
   */
  readonly federatedIdentities?: readonly FederatedIdentityOptions[];
  /** Which claims about the user its ID tokens carry. Default: the server's rule, `idTokenClaims`. */
  readonly idTokenClaims?: IdTokenClaims;
  /** Other metadata of RFC 7591 and OpenID Connect, under its own names; validated as in a registration. */
  readonly metadata?: Partial<ClientMetadata>;
}

export const STATIC_CLIENT_OPTIONS = {
  clientId: given('text'),
  clientSecret: given('text'),
  name: given('text'),
  redirectUris: given('texts'),
  scopes: given('texts'),
  grantTypes: given('texts'),
  tokenEndpointAuthMethod: given('text'),
  firstParty: flag(false),
  agent: flag(false),
  skipConsent: flag(false),
  rememberConsent: flag(),
  requirePkce: flag(),
  clientCredentialsScopes: given('texts'),
  resources: given('texts'),
  accessTokenFormat: choice(['opaque', 'jwt']),
  profile: choice(FAPI_PROFILES),
  clientAssertionAudience: choice(['any', 'issuer']),
  federatedIdentities: given<readonly FederatedIdentityOptions[]>('blocks'),
  idTokenClaims: given('text'),
  metadata: given('block'),
} satisfies OptionsOf<StaticClientOptions>;
