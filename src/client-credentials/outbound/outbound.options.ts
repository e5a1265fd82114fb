import type { JsonWebKey } from 'node:crypto';
import type { Duration } from '../../common/options/duration.js';
import { choice, duration, given, hook } from '../../common/options/option.js';
import type { OptionsOf } from '../../common/options/read-options.js';
import type { NormaliseTokenAnswer } from '../../common/outbound/answer-reader.js';
import { isSymmetric, SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../common/keys/signing-algorithm.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';

/** Tokens that this server fetches from other servers, keeps and refreshes (RFC 6749 4.4, as client). */
export interface OutboundOptions {
  /** By the name that `getToken` takes. Default: none. */
  readonly applications?: Readonly<Record<string, OutboundApplicationOptions>>;
  /**
   * Where tokens come from, by name. The name `microsoft` means Microsoft Entra ID; give another tenant another name and
   * `kind: 'microsoft'`. Default: none.
   */
  readonly providers?: Readonly<Record<string, MicrosoftProviderOptions | OutboundProviderOptions>>;
  /** Time for one reply of a provider, from name resolution to the last byte. Default `'2s'`, 1 to 10 seconds. */
  readonly timeout?: Duration;
  /**
   * For token responses that differ from RFC 6749 5.1 by more than is read anyway (null, no type, scopes as a list, digits as a text): gets the
   * provider's name and the response as it came, returns it corrected. Default: none.
   */
  readonly normaliseTokenAnswer?: NormaliseTokenAnswer;
}

/** One downstream API. */
export interface OutboundApplicationOptions {
  /** Scopes to ask for. Microsoft wants one that ends in `/.default`; elsewhere it may be empty. */
  readonly scope: readonly string[];
  /** Name of a provider. Default `microsoft`. */
  readonly provider?: string;
  /** Further members of the token request, e.g. `{ resource: 'https://api.example.com' }` (RFC 8707) or `{ audience: '…' }`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /**
   * Acts for the caller of a request, never for itself: `token-exchange` (RFC 8693), `on-behalf-of` (Microsoft Entra ID) or `jwt-bearer`
   * (RFC 7523 2.1). Default: for itself, by client credentials.
   */
  readonly onBehalfOf?: OnBehalfOfFlow;
  /**
   * What tells the provider who the user is: `incoming`, the access token that the request came with; `signed`, a JWT of two minutes that this
   * server signs; or a function that makes one. Default `incoming`, with `jwt-bearer` `signed`.
   */
  readonly subjectToken?: 'incoming' | 'signed' | MakeToken;
  /** What that is, with `token-exchange` (RFC 8693 3). Default `access_token` where it is `incoming`, else `jwt`. */
  readonly subjectTokenType?: SubjectTokenType;
  /** Who acts for the user, with `token-exchange` (RFC 8693 2.1): makes the `actor_token`. Default: none, the client itself. */
  readonly actorToken?: MakeToken;
  /** What that is. Default `jwt`. */
  readonly actorTokenType?: SubjectTokenType;
  /** With which key `signed` is made; `jwt` publishes it. Default `ES256`; not `HS256`. */
  readonly signingAlgorithm?: SigningAlgorithm;
}

export type OnBehalfOfFlow = 'token-exchange' | 'on-behalf-of' | 'jwt-bearer';

/** A token type of RFC 8693 3, without `urn:ietf:params:oauth:token-type:`. */
export type SubjectTokenType = 'access_token' | 'id_token' | 'jwt';

/**
 * Makes a token about a user, once for each token request. It has the time of one reply (`timeout`). What it throws is not shown.
 * @param user whom a guard has let in
 */
export type MakeToken = (user: AuthPrincipal) => string | Promise<string>;

/** Those whose keys are published. */
const PUBLISHED_ALGORITHMS = SIGNING_ALGORITHMS.filter((algorithm) => !isSymmetric(algorithm));
const TOKEN_TYPES = ['access_token', 'id_token', 'jwt'] as const;

/**
 * Microsoft Entra ID. Give one of `clientSecret`, `certificate`, `assertion` and `assertionFile`. A missing or empty value is reported when a
 * token is asked for (500 `MICROSOFT_PROVIDER_INVALID_CONFIG`), and logged at start.
 */
export interface MicrosoftProviderOptions {
  readonly kind?: 'microsoft';
  /** Directory id or domain. */
  readonly tenantId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** Proves possession of a certificate's key by `private_key_jwt` (RFC 7523), PS256 with `x5t#S256`. */
  readonly certificate?: { readonly privateKey: string; readonly certificate: string } | undefined;
  /** Federated identity: a JWT that another issuer made for this workload. Called for each token request. */
  readonly assertion?: (() => string | Promise<string>) | undefined;
  /** The same from a file, read for each token request, as Kubernetes writes it (`AZURE_FEDERATED_TOKEN_FILE`). */
  readonly assertionFile?: string | undefined;
  /** Host of the national cloud. Default `https://login.microsoftonline.com`. */
  readonly authority?: string | undefined;
}

/** Any OAuth token endpoint. Give `tokenEndpoint` or `issuer`, and one of `clientSecret`, `privateKey`, `assertion` and `assertionFile`. */
export interface OutboundProviderOptions {
  readonly kind?: 'oauth';
  readonly tokenEndpoint?: string | undefined;
  /** Finds the token endpoint by discovery (RFC 8414, OpenID Connect Discovery). */
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** How the secret is sent (RFC 6749 2.3.1). Default `client_secret_basic`. */
  readonly authMethod?: 'client_secret_basic' | 'client_secret_post' | undefined;
  /** Signs assertions for `private_key_jwt` (RFC 7523, OpenID Connect Core 9). */
  readonly privateKey?: OAuthPrivateKeyOptions | undefined;
  /** See {@link MicrosoftProviderOptions.assertion}. */
  readonly assertion?: (() => string | Promise<string>) | undefined;
  readonly assertionFile?: string | undefined;
  /**
   * Lifetime of tokens whose response names none (`expires_in` is only recommended, RFC 6749 5.1). Default: such a response is refused.
   */
  readonly defaultExpiresIn?: Duration | undefined;
}

export interface OAuthPrivateKeyOptions {
  /** PEM (PKCS #8, PKCS #1, SEC 1) without a passphrase, or a JWK. */
  readonly key: string | JsonWebKey;
  /** JWS algorithm, e.g. `PS256`, `ES256`, `EdDSA`. Must suit the key. */
  readonly algorithm: string;
  /** `kid` of the header, by which the provider finds the public key. */
  readonly keyId?: string;
}

export const OUTBOUND_OPTIONS = {
  applications: given<NonNullable<OutboundOptions['applications']>>('block', {}),
  providers: given<NonNullable<OutboundOptions['providers']>>('block', {}),
  timeout: duration({ fallback: '2s', min: 1, max: 10 }),
  normaliseTokenAnswer: hook<NormaliseTokenAnswer>(),
} satisfies OptionsOf<OutboundOptions>;

export const APPLICATION_OPTIONS = {
  scope: given('texts'),
  provider: given('text'),
  parameters: given<Readonly<Record<string, string>>>('block', {}),
  onBehalfOf: choice(['token-exchange', 'on-behalf-of', 'jwt-bearer']),
  subjectToken: given<'incoming' | 'signed' | MakeToken>(['text', 'function']),
  subjectTokenType: choice(TOKEN_TYPES),
  actorToken: hook<MakeToken>(),
  actorTokenType: choice(TOKEN_TYPES),
  signingAlgorithm: choice(PUBLISHED_ALGORITHMS),
} satisfies OptionsOf<OutboundApplicationOptions>;

// Types are not checked here: a value that is missing, null or empty is reported when a token is asked for.

export const MICROSOFT_PROVIDER_OPTIONS = {
  kind: given([]),
  tenantId: given([]),
  authority: given([]),
  certificate: given([]),
  clientId: given([]),
  clientSecret: given([]),
  assertion: given([]),
  assertionFile: given([]),
} satisfies OptionsOf<MicrosoftProviderOptions>;

export const OUTBOUND_PROVIDER_OPTIONS = {
  kind: given([]),
  tokenEndpoint: given([]),
  issuer: given([]),
  authMethod: given([]),
  privateKey: given([]),
  defaultExpiresIn: given([]),
  clientId: given([]),
  clientSecret: given([]),
  assertion: given([]),
  assertionFile: given([]),
} satisfies OptionsOf<OutboundProviderOptions>;
