import { DEFAULT_SIGNING_ALGORITHM, type SigningAlgorithm } from '../common/keys/signing-algorithm.js';
import type { CoreSettings } from '../common/options/core-options.js';
import { resolveSeconds } from '../common/options/duration.js';
import { requireKnownKeys } from '../common/options/known-keys.js';
import { requirePageAddress } from '../common/options/page-address.js';
import { resolveOrigin } from '../common/options/trusted-origins.js';
import { isScopeToken } from '../common/principal/scopes.js';
import { resolveLifetimes } from './lifetimes.js';
import { requireAlgorithm, requirePairwiseSecret } from './provider-key-options.js';
import type {
  OAuthProviderHooks,
  OAuthProviderOptions,
  RegistrationMode,
  ResourceOptions,
  StaticClientOptions,
} from './oauth-provider.options.js';
import { HOOK_KINDS, PROVIDER_KINDS, REGISTRATION_KINDS, RESOURCE_KINDS } from './oauth-provider.kinds.js';
import { requireKinds } from '../common/options/option-kinds.js';
import { requireRedirectSchemes } from './redirect-schemes.js';

export interface ResourceSettings {
  readonly resource: string;
  /** Null: all. */
  readonly scopes: ReadonlySet<string> | null;
  readonly accessTokenFormat: 'opaque' | 'jwt' | null;
  readonly accessTtlSeconds: number | null;
}

/** What `resolveOAuthProviderOptions` makes of the options: nothing optional, frozen. */
export interface OAuthProviderSettings {
  readonly issuer: string;
  readonly clients: readonly StaticClientOptions[];
  readonly scopes: ReadonlySet<string>;
  readonly defaultScopes: readonly string[];
  readonly resources: ReadonlyMap<string, ResourceSettings>;
  readonly accessTtlSeconds: number;
  readonly refreshTtlSeconds: number;
  readonly idTokenTtlSeconds: number;
  readonly codeTtlSeconds: number;
  readonly requestTtlSeconds: number;
  readonly accessTokenFormat: 'opaque' | 'jwt';
  readonly accessTokenAlgorithm: SigningAlgorithm;
  readonly idTokenAlgorithms: readonly SigningAlgorithm[];
  readonly idTokenClaims: 'requested' | 'scope';
  /** `byDefault`: for clients that do not say; null: for those that did not register themselves. */
  readonly pkce: { readonly everyone: boolean; readonly byDefault: boolean | null };
  readonly pages: {
    readonly login: string | null;
    readonly consent: string | null;
    readonly selectAccount: string | null;
    readonly signUp: string | null;
  };
  readonly rememberConsent: 'provable' | 'always';
  readonly skipConsentForFirstParty: boolean;
  readonly registration: {
    readonly mode: RegistrationMode;
    readonly secretTtlSeconds: number | null;
    readonly maxPerUser: number;
    readonly maxOpenPerHour: number;
  };
  readonly requestObjects: boolean;
  /** Besides those named after a domain. */
  readonly redirectSchemes: ReadonlySet<string>;
  /** Of the core: whether clients may name inner addresses for us to call. */
  readonly allowPrivateNetwork: boolean;
  /** Null: derived from `secret`. */
  readonly pairwiseSecret: string | null;
  readonly corsOrigins: ReadonlySet<string>;
  readonly hooks: OAuthProviderHooks;
}

export const OAUTH_PROVIDER_SETTINGS = Symbol('nest-authority:oauth-provider-settings');

/** Scopes that OpenID Connect defines (Core 5.4, 11). */
export const OPENID_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'] as const;

/** A client has none of these as itself (RFC 6749 4.4, T106): they are about a user. */
export function isAboutUsers(scope: string): boolean {
  return (OPENID_SCOPES as readonly string[]).includes(scope);
}

const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;
const OPTION_NAMES = [
  'issuer',
  'clients',
  'scopes',
  'defaultScopes',
  'resources',
  'accessTokenTTL',
  'refreshTokenTTL',
  'idTokenTTL',
  'codeTTL',
  'requestTTL',
  'accessTokenFormat',
  'accessTokenAlgorithm',
  'idTokenAlgorithms',
  'idTokenClaims',
  'oauth21',
  'requirePKCE',
  'loginPage',
  'consentPage',
  'selectAccountPage',
  'signUpPage',
  'rememberConsent',
  'skipConsentForFirstParty',
  'dynamicRegistration',
  'requestObjects',
  'redirectSchemes',
  'pairwiseSecret',
  'corsOrigins',
  'hooks',
] as const satisfies readonly (keyof OAuthProviderOptions)[];

/** @throws Error with option and remedy; stops the boot */
export function resolveOAuthProviderOptions(
  options: OAuthProviderOptions | undefined,
  core: CoreSettings,
): OAuthProviderSettings {
  const given = options ?? {};
  requireKnownKeys('oauthProvider', given, OPTION_NAMES);
  requireKinds('oauthProvider', given, PROVIDER_KINDS);
  requireKinds('oauthProvider.hooks', given.hooks, HOOK_KINDS);
  if (given.issuer !== undefined && given.issuer.replace(/\/$/, '') !== core.issuer)
    throw new Error(
      `oauthProvider.issuer: ${JSON.stringify(given.issuer)} is not the issuer of AuthModule.forRoot. Leave it out: a server has one.`,
    );
  const scopes = requireScopes('oauthProvider.scopes', given.scopes ?? OPENID_SCOPES);
  const defaultScopes = requireScopes(
    'oauthProvider.defaultScopes',
    given.defaultScopes ?? scopes.filter(isAboutUsers),
  );
  return Object.freeze({
    issuer: core.issuer,
    clients: Object.freeze([...(given.clients ?? [])]),
    scopes: new Set(scopes),
    defaultScopes,
    resources: resolveResources(given.resources ?? []),
    ...resolveLifetimes(given),
    accessTokenFormat: requireOneOf('oauthProvider.accessTokenFormat', given.accessTokenFormat ?? 'opaque', [
      'opaque',
      'jwt',
    ]),
    accessTokenAlgorithm: requireAlgorithm(
      'accessTokenAlgorithm',
      given.accessTokenAlgorithm ?? DEFAULT_SIGNING_ALGORITHM,
    ),
    idTokenAlgorithms: (given.idTokenAlgorithms ?? ['RS256', 'ES256', 'EdDSA']).map((one) =>
      requireAlgorithm('idTokenAlgorithms', one),
    ),
    idTokenClaims: requireOneOf('oauthProvider.idTokenClaims', given.idTokenClaims ?? 'requested', [
      'requested',
      'scope',
    ]),
    pkce: resolvePkce(given),
    pages: resolvePages(given, core),
    rememberConsent: requireOneOf('oauthProvider.rememberConsent', given.rememberConsent ?? 'provable', [
      'provable',
      'always',
    ]),
    skipConsentForFirstParty: given.skipConsentForFirstParty ?? false,
    registration: resolveRegistration(given.dynamicRegistration ?? 'off'),
    requestObjects: given.requestObjects ?? false,
    redirectSchemes: requireRedirectSchemes(given.redirectSchemes ?? []),
    allowPrivateNetwork: core.allowPrivateNetwork,
    pairwiseSecret: requirePairwiseSecret(given.pairwiseSecret),
    corsOrigins: new Set((given.corsOrigins ?? []).map((one) => resolveOrigin('oauthProvider.corsOrigins', one))),
    hooks: given.hooks ?? {},
  });
}

function resolvePages(given: OAuthProviderOptions, core: CoreSettings): OAuthProviderSettings['pages'] {
  const rules = { origins: core.trustedOrigins, takesQuery: true };
  const page = (name: 'loginPage' | 'consentPage' | 'selectAccountPage' | 'signUpPage') =>
    given[name] === undefined ? null : requirePageAddress(`oauthProvider.${name}`, given[name], rules);
  const [login, consent, selectAccount] = [page('loginPage'), page('consentPage'), page('selectAccountPage')];
  return Object.freeze({ login, consent, selectAccount, signUp: page('signUpPage') });
}

function resolvePkce(given: OAuthProviderOptions): OAuthProviderSettings['pkce'] {
  const everyone = given.oauth21 ?? true;
  if (everyone && given.requirePKCE === false)
    throw new Error(
      'oauthProvider.requirePKCE: OAuth 2.1 asks for PKCE of every client. Give oauth21: false as well, if a client cannot.',
    );
  return Object.freeze({ everyone, byDefault: given.requirePKCE ?? null });
}

function resolveRegistration(
  given: NonNullable<OAuthProviderOptions['dynamicRegistration']>,
): OAuthProviderSettings['registration'] {
  const block = typeof given === 'string' ? { mode: given } : given;
  requireKinds('oauthProvider.dynamicRegistration', block, REGISTRATION_KINDS);
  requireKnownKeys('oauthProvider.dynamicRegistration', block, ['mode', 'secretTTL', 'maxPerUser', 'maxOpenPerHour']);
  return Object.freeze({
    mode: requireOneOf('oauthProvider.dynamicRegistration', block.mode, ['off', 'authenticated', 'open']),
    secretTtlSeconds:
      block.secretTTL === undefined
        ? null
        : resolveSeconds('oauthProvider.dynamicRegistration.secretTTL', block.secretTTL, {
            min: MINUTE_SECONDS,
            max: 3_650 * DAY_SECONDS,
          }),
    maxPerUser: block.maxPerUser ?? 25,
    maxOpenPerHour: block.maxOpenPerHour ?? 1_000,
  });
}

function resolveResources(list: readonly ResourceOptions[]): ReadonlyMap<string, ResourceSettings> {
  return new Map(
    list.map((one, index) => {
      requireKinds(`oauthProvider.resources[${index}]`, one, RESOURCE_KINDS);
      const name = `oauthProvider.resources: ${JSON.stringify(one.resource)}`;
      if (!URL.canParse(one.resource) || one.resource.includes('#'))
        throw new Error(`${name} is no absolute address without fragment (RFC 8707 2).`);
      requireKnownKeys(name, one, ['resource', 'scopes', 'accessTokenFormat', 'accessTokenTTL']);
      const settings: ResourceSettings = {
        resource: one.resource,
        scopes: one.scopes ? new Set(requireScopes(name, one.scopes)) : null,
        accessTokenFormat: one.accessTokenFormat ?? null,
        accessTtlSeconds:
          one.accessTokenTTL === undefined
            ? null
            : resolveSeconds(`${name} accessTokenTTL`, one.accessTokenTTL, { min: 1, max: 7 * DAY_SECONDS }),
      };
      return [one.resource, settings] as const;
    }),
  );
}

function requireScopes(name: string, scopes: readonly string[]): readonly string[] {
  const bad = scopes.find((scope) => !isScopeToken(scope));
  if (bad !== undefined)
    throw new Error(
      `${name}: ${JSON.stringify(bad)} is no scope. Use printable ASCII without spaces and quotes (RFC 6749 3.3).`,
    );
  return Object.freeze([...new Set(scopes)]);
}

function requireOneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw new Error(`${name}: ${JSON.stringify(value)} is not offered. Give one of ${allowed.join(', ')}.`);
}
