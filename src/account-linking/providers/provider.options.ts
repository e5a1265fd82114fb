import { choice, flag, given, hook, texts } from '../../common/options/option.js';
import { type OptionsOf, type SettingsOf } from '../../common/options/read-options.js';

/** Claims of an ID token, of userinfo, or of both. Their types are not known. */
export type ProviderClaims = Readonly<Record<string, unknown>>;

/** A person as a provider describes them. */
export interface ExternalProfile {
  /** The provider's permanent id of this person, unique within the issuer. Never an e-mail address (T113). */
  readonly subject: string;
  readonly email: string | null;
  /** Whether the provider says that the address belongs to this person. */
  readonly emailVerified: boolean;
  readonly name: string | null;
  readonly image: string | null;
}

/**
 * One external provider. With `preset`, `clientId` and `clientSecret` are enough. Otherwise give `issuer` or `discoveryUrl` (OpenID
 * Connect), or `authorizationUrl`, `tokenUrl` and `userInfoUrl` (OAuth 2).
 */
export interface ProviderOptions {
  /** Name in routes and in the redirect addresses `<issuer>/api/auth/callback/<providerId>` and `…/oauth2/callback/<providerId>`. */
  readonly providerId: string;
  /** `google`, `microsoft`, `github`, `gitlab`, `apple`, `discord` or `slack`. Default: the one whose name is the `providerId`, when no address is given. */
  readonly preset?: string;
  /** Name on the sign-in page. Default: the name of the preset's provider, else `providerId`. */
  readonly displayName?: string;
  /** A list where the provider knows web, Android and iOS as different clients: the first signs in on the web, ID tokens may be for any of them. */
  readonly clientId: string | readonly string[];
  /** Leave it out for a public client. */
  readonly clientSecret?: string;
  /**
   * OpenID Connect issuer; its metadata is discovered. For OAuth 2 without discovery: the name under which identities are stored, default the
   * origin of `authorizationUrl`.
   */
  readonly issuer?: string;
  /** The issuer's address with `/.well-known/openid-configuration`; another way to give `issuer`. */
  readonly discoveryUrl?: string;
  /** Authorization endpoint of a provider without discovery; given together with the next two. */
  readonly authorizationUrl?: string;
  /** Its token endpoint. */
  readonly tokenUrl?: string;
  /** Its endpoint for the user's profile. */
  readonly userInfoUrl?: string;
  /** Scopes that are always requested. Default `openid profile email` with OpenID Connect, none without. */
  readonly scopes?: readonly string[];
  /** PKCE with S256 (RFC 7636). Default true. */
  readonly pkce?: boolean;
  /** How we authenticate at the token endpoint. Default: what the metadata allows, `basic` first; `post` without metadata; `none` without a secret. */
  readonly authentication?: 'basic' | 'post' | 'none';
  /** Refuses an authorization response without `iss` (RFC 9207). Default: when the metadata announces it. A wrong `iss` is always refused. */
  readonly requireIssuer?: boolean;
  /** How the authorization response comes back. Default `query`; `form_post` arrives without cookies and is turned into a redirect. */
  readonly responseMode?: 'query' | 'form_post';
  /** Further parameters of the authorization request, e.g. `{ prompt: 'select_account' }`. */
  readonly authorizationParams?: Readonly<Record<string, string>>;
  /** Client ids, besides `clientId`, that ID tokens from native apps may be made for. Default none. */
  readonly idTokenAudiences?: readonly string[];
  /** This provider's accounts make no new users. Default false. */
  readonly disableSignUp?: boolean;
  /** This provider's accounts make a new user only where the request has `requestSignUp`. Default false. */
  readonly disableImplicitSignUp?: boolean;
  /** Replaces members of the profile read from the claims. A member of another type counts as absent: only `true` means verified. */
  readonly mapProfile?: (claims: ProviderClaims) => Partial<ExternalProfile>;
  /** Preset `microsoft`: a tenant id or domain, `common`, `organizations` or `consumers`. Default `common`. */
  readonly tenantId?: string;
  /** Preset `microsoft`: host of a national cloud. Default `https://login.microsoftonline.com`. With another host `tenantId` must be an id. */
  readonly authority?: string;
  /** Preset `apple`: instead of a `clientSecret`, which Apple limits to six months. */
  readonly apple?: { readonly teamId: string; readonly keyId: string; readonly privateKey: string };
}

export const PROVIDER_OPTIONS = {
  providerId: given('text'),
  preset: given('text'),
  displayName: given('text'),
  clientId: given(['text', 'texts']),
  clientSecret: given('text'),
  issuer: given('text'),
  discoveryUrl: given('text'),
  authorizationUrl: given('text'),
  tokenUrl: given('text'),
  userInfoUrl: given('text'),
  scopes: given('texts'),
  pkce: flag(true),
  authentication: choice(['basic', 'post', 'none']),
  requireIssuer: flag(),
  responseMode: choice(['query', 'form_post'], 'query'),
  authorizationParams: given('block', {}),
  idTokenAudiences: texts(),
  disableSignUp: flag(false),
  disableImplicitSignUp: flag(false),
  mapProfile: hook(),
  tenantId: given('text'),
  authority: given('text'),
  apple: given('block'),
} satisfies OptionsOf<ProviderOptions>;

export const APPLE_OPTIONS = {
  teamId: given('text'),
  keyId: given('text'),
  privateKey: given('text'),
} satisfies OptionsOf<NonNullable<ProviderOptions['apple']>>;

/** How a provider's ID tokens for native apps differ from the standard. */
export interface IdTokenPeculiarities {
  /**
   * The app sends the provider the SHA-256 of its nonce, in hex, and us the nonce itself; `nonce_supported: false` says that the app's
   * platform passes none on.
   */
  readonly hashedNonce: boolean;
  /** `iss` may be the issuer without `https://`. */
  readonly issuerWithoutScheme: boolean;
}

/** The options resolved with the preset: all defaults filled in, frozen. */
export interface ProviderSettings extends SettingsOf<typeof PROVIDER_OPTIONS> {
  readonly providerId: string;
  readonly displayName: string;
  readonly clientId: string;
  /** Null: plain OAuth 2, without ID token. */
  readonly discovery: URL | null;
  /** Issuer of identities at a plain OAuth 2 provider; with discovery it comes from the ID token. */
  readonly issuer: string;
  readonly scopes: readonly string[];
  readonly idTokens: IdTokenPeculiarities;
  /** Reads the profile from the claims: first by the preset, then by the host's `mapProfile`. */
  readonly toProfile: (claims: ProviderClaims) => ExternalProfile;
  /** Address of the provider's list of e-mail addresses, where userinfo does not say which are verified (GitHub). */
  readonly emailsUrl: string | null;
}
