import type { ClientAuthMethod } from '../common/ports/authorization-server.js';
import { choice, flag, given } from '../common/options/option.js';
import type { OptionsOf } from '../common/options/read-options.js';
import type { ClientMetadata } from './clients/metadata/client-metadata.js';

/** Those asked for by name (OIDC Core 5.5), or those of the scopes as well (5.4), for clients that do not ask userinfo. */
export type IdTokenClaims = 'requested' | 'scope';

/** A client that options name. It exists as long as they do, and nobody changes it over HTTP. */
export interface StaticClientOptions {
  /** Its id. */
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
   * Grants it may use. Default: with `redirectUris` `authorization_code`, and `refresh_token` when it may ask for `offline_access`, as of every client; with
   * `clientCredentialsScopes` `client_credentials`.
   */
  readonly grantTypes?: readonly string[];
  /** How it proves itself, also `client_secret_jwt` or `private_key_jwt`. Default: `client_secret_basic` with a secret (`client_secret_post` is taken from it too), else `none`. */
  readonly tokenEndpointAuthMethod?: ClientAuthMethod;
  /** Of the same house: see `skipConsentForFirstParty` of the provider. Default false. */
  readonly firstParty?: boolean;
  /** Never asks the user: you vouch for it, whoever can prove to be it. Default false. */
  readonly skipConsent?: boolean;
  /** Whether what a user has granted it is asked again: false each time, true never. Default: the server's rule, `rememberConsent`. */
  readonly rememberConsent?: boolean;
  /** PKCE for it. Default: the server's rule, `oauth21` and `requirePKCE`. */
  readonly requirePkce?: boolean;
  /** Scopes it has as itself. Default: none; if `grantTypes` names `client_credentials`, those of `scopes` that are about no user. */
  readonly clientCredentialsScopes?: readonly string[];
  /**
   * Resources it may ask tokens for. Default: all of `resources`. A confidential client that names them stands for them: it may introspect
   * every token that is meant for one of them (RFC 7662).
   */
  readonly resources?: readonly string[];
  /** Form of its access tokens. Default: the server's. */
  readonly accessTokenFormat?: 'opaque' | 'jwt';
  /** Which claims about the user its ID tokens carry. Default: the server's rule, `idTokenClaims`. */
  readonly idTokenClaims?: IdTokenClaims;
  /** Anything else that RFC 7591 and OpenID Connect name, in their own names; checked as in a registration. */
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
  skipConsent: flag(false),
  rememberConsent: flag(),
  requirePkce: flag(),
  clientCredentialsScopes: given('texts'),
  resources: given('texts'),
  accessTokenFormat: choice(['opaque', 'jwt']),
  idTokenClaims: given('text'),
  metadata: given('block'),
} satisfies OptionsOf<StaticClientOptions>;
