import { isSigningAlgorithm, isSymmetric, type SigningAlgorithm } from '../common/keys/signing-algorithm.js';
import { readScopes, requireOffered } from './scope-texts.js';
import type { ScopeTexts } from '../common/ports/authorization-server.js';
import type { CoreSettings } from '../common/options/core-options.js';
import { requireChoice } from '../common/options/option.js';
import { requirePageAddress } from '../common/options/page-address.js';
import { languagesOf } from '../common/options/page-options.js';
import { AcrLadder, UNKNOWN_ACR } from '../common/principal/acr-ladder.js';
import { readOptions, type SettingsOf } from '../common/options/read-options.js';
import type { Resources } from '../common/resources/resources.js';
import { resolveOrigin } from '../common/options/trusted-origins.js';
import { requireReadable, type OfferedCertificates } from './clients/metadata/certificate-rules.js';
import { FAPI_ALGORITHMS, type FapiProfile, type TokenBinding } from './clients/metadata/client-rules.js';
import { STATIC_CLIENT_OPTIONS } from './static-client.options.js';
import {
  OAUTH_PROVIDER_OPTIONS,
  REGISTRATION_OPTIONS,
  type OAuthProviderOptions,
  type RegistrationMode,
} from './oauth-provider.options.js';
import { resolveClientDocuments, type ClientDocumentSettings } from './client-documents.options.js';
import { resolveDetailTypes, type AuthorizationDetailTypes } from './authorization-detail.options.js';
import { resolveWorkloadIssuers, type WorkloadIssuerSettings } from './workload.options.js';
import { requireFapi } from './fapi-options.js';
import { requireRedirectSchemes } from './redirect-schemes.js';

type Given = SettingsOf<typeof OAUTH_PROVIDER_OPTIONS>;
type AsGiven =
  | 'clients'
  | 'accessTokenFormat'
  | 'accessTokenAlgorithm'
  | 'idTokenAlgorithms'
  | 'idTokenClaims'
  | 'rememberConsent'
  | 'skipConsentForFirstParty'
  | 'hooks';

/** The options as `resolveOAuthProviderOptions` resolves them: nothing optional, frozen. */
export interface OAuthProviderSettings extends Pick<Given, AsGiven> {
  readonly issuer: string;
  readonly scopes: ReadonlySet<string>;
  /** What they let a client do, in the host's words. */
  readonly scopeTexts: ScopeTexts;
  readonly defaultScopes: readonly string[];
  /** Never of a client that registered itself. */
  readonly sensitiveScopes: ReadonlySet<string>;
  readonly authorizationDetailTypes: AuthorizationDetailTypes;
  /** From the core options. */
  readonly resources: Resources;
  readonly accessTtlSeconds: number;
  readonly refreshTtlSeconds: number;
  readonly refreshIdleSeconds: number;
  readonly idTokenTtlSeconds: number;
  readonly codeTtlSeconds: number;
  readonly requestTtlSeconds: number;
  /** The profile of every client; null: none. */
  readonly profile: FapiProfile | null;
  /** What is required of every client, whatever it has registered. */
  readonly requires: {
    readonly pushedRequests: boolean;
    readonly signedRequests: boolean;
    /** Null: nothing. */
    readonly boundTokens: Exclude<TokenBinding, 'optional'> | null;
  };
  /** Request objects are taken (RFC 9101). */
  readonly requestObjects: boolean;
  readonly pushedRequestTtlSeconds: number;
  readonly clientAssertionAudience: 'any' | 'issuer';
  /** By `iss`. */
  readonly workloadIssuers: ReadonlyMap<string, WorkloadIssuerSettings>;
  /** `byDefault`: for clients that do not say; null: required unless the client registered itself. */
  readonly pkce: { readonly everyone: boolean; readonly byDefault: boolean | null };
  readonly pages: {
    readonly login: string | null;
    readonly consent: string | null;
    readonly selectAccount: string | null;
    readonly signUp: string | null;
  };
  readonly registration: {
    readonly mode: RegistrationMode;
    readonly secretTtlSeconds: number | null;
    readonly maxPerUser: number;
    readonly maxOpenPerHour: number;
  };
  /** Clients that publish their metadata; null: there are none. */
  readonly clientDocuments: ClientDocumentSettings | null;
  /** Besides schemes named after a domain. */
  readonly redirectSchemes: ReadonlySet<string>;
  /** From the core options: the languages of our pages. */
  readonly uiLocales: readonly string[];
  /** From the core options: the names of its strengths of sign-in, the weakest first. */
  readonly acrValues: readonly string[];
  /** From the core options: whether this server may call private addresses that clients name. */
  readonly allowPrivateNetwork: boolean;
  /** From the core options: what certificates of clients are good for; null: they are not read. */
  readonly mtls: OfferedCertificates;
  /** Whether refresh tokens of better-auth count. */
  readonly legacyCredentials: boolean;
  /** Null: derived from `secret`. */
  readonly pairwiseSecret: string | null;
  readonly corsOrigins: ReadonlySet<string>;
}

export const OAUTH_PROVIDER_SETTINGS = Symbol('nest-authority:oauth-provider-settings');

/** Scopes that OpenID Connect defines (Core 5.4, 11). */
export const OPENID_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'] as const;

/** Scopes about a user, which a client never gets for itself (RFC 6749 4.4, T106). */
export function isAboutUsers(scope: string): boolean {
  return (OPENID_SCOPES as readonly string[]).includes(scope);
}

const MIN_PAIRWISE_SECRET = 32;

/** @throws Error with option and remedy; stops the boot */
export function resolveOAuthProviderOptions(
  options: OAuthProviderOptions | undefined,
  core: CoreSettings,
): OAuthProviderSettings {
  const given = readOptions('oauthProvider', options, OAUTH_PROVIDER_OPTIONS);
  if (given.issuer !== null && given.issuer.replace(/\/$/, '') !== core.issuer)
    throw new Error(
      `oauthProvider.issuer: ${JSON.stringify(given.issuer)} is not the issuer of AuthModule.forRoot. Leave it out: a server has one.`,
    );
  requireReadable(given.requireBoundTokens, core.mtls);
  for (const [index, client] of given.clients.entries())
    readOptions(`oauthProvider.clients[${index}]`, client, STATIC_CLIENT_OPTIONS);
  requireFapi(given, core.dpop.algorithms);
  const { scopes, scopeTexts } = readScopes('oauthProvider.scopes', given.scopes ?? OPENID_SCOPES);
  return Object.freeze({
    issuer: core.issuer,
    clients: Object.freeze([...given.clients]),
    scopes: new Set(scopes),
    scopeTexts,
    sensitiveScopes: requireOffered(given.sensitiveScopes, scopes),
    defaultScopes: given.defaultScopes ?? Object.freeze(scopes.filter(isAboutUsers)),
    authorizationDetailTypes: resolveDetailTypes(given.authorizationDetails),
    resources: core.resources,
    accessTtlSeconds: given.accessTokenTTLSeconds,
    refreshTtlSeconds: given.refreshTokenTTLSeconds,
    refreshIdleSeconds: given.refreshTokenIdleTTLSeconds,
    idTokenTtlSeconds: given.idTokenTTLSeconds,
    codeTtlSeconds: given.codeTTLSeconds,
    requestTtlSeconds: given.requestTTLSeconds,
    accessTokenFormat: given.accessTokenFormat,
    accessTokenAlgorithm: requireAlgorithm('accessTokenAlgorithm', given.accessTokenAlgorithm),
    idTokenAlgorithms: resolveAlgorithms(given),
    idTokenClaims: given.idTokenClaims,
    profile: given.profile,
    requires: Object.freeze({
      pushedRequests: given.requirePushedAuthorizationRequests ?? false,
      signedRequests: given.requireSignedRequestObject ?? false,
      boundTokens: given.requireBoundTokens,
    }),
    pushedRequestTtlSeconds: given.pushedAuthorizationRequestTTLSeconds,
    clientAssertionAudience: given.clientAssertionAudience ?? 'any',
    workloadIssuers: resolveWorkloadIssuers(given.workloadIssuers, core),
    pkce: resolvePkce(given),
    pages: resolvePages(given, core),
    rememberConsent: given.rememberConsent,
    skipConsentForFirstParty: given.skipConsentForFirstParty,
    registration: resolveRegistration(given.dynamicRegistration),
    clientDocuments: resolveClientDocuments(given.clientMetadataDocuments),
    requestObjects: resolveRequestObjects(given),
    redirectSchemes: requireRedirectSchemes(given.redirectSchemes),
    uiLocales: languagesOf(core.pages),
    acrValues: [UNKNOWN_ACR, ...new AcrLadder(core.acr).names],
    allowPrivateNetwork: core.allowPrivateNetwork,
    mtls: core.mtls,
    legacyCredentials: core.legacyCredentials,
    pairwiseSecret: requirePairwiseSecret(given.pairwiseSecret),
    corsOrigins: new Set(given.corsOrigins.map((one) => resolveOrigin('oauthProvider.corsOrigins', one))),
    hooks: given.hooks,
  });
}

function resolvePages(given: Given, core: CoreSettings): OAuthProviderSettings['pages'] {
  const rules = { origins: core.trustedOrigins, takesQuery: true };
  const page = (name: 'loginPage' | 'consentPage' | 'selectAccountPage' | 'signUpPage') =>
    given[name] === null ? null : requirePageAddress(`oauthProvider.${name}`, given[name], rules);
  const [login, consent, selectAccount] = [page('loginPage'), page('consentPage'), page('selectAccountPage')];
  return Object.freeze({ login, consent, selectAccount, signUp: page('signUpPage') });
}

function resolvePkce({ oauth21: everyone, requirePKCE }: Given): OAuthProviderSettings['pkce'] {
  if (everyone && requirePKCE === false)
    throw new Error(
      'oauthProvider.requirePKCE: OAuth 2.1 asks for PKCE of every client. Give oauth21: false as well, if a client cannot.',
    );
  return Object.freeze({ everyone, byDefault: requirePKCE });
}

function resolveRegistration(given: Given['dynamicRegistration']): OAuthProviderSettings['registration'] {
  const option = 'oauthProvider.dynamicRegistration';
  const block = readOptions(option, typeof given === 'string' ? { mode: given } : given, REGISTRATION_OPTIONS);
  return Object.freeze({
    mode: requireChoice(option, block.mode, ['off', 'authenticated', 'open']),
    secretTtlSeconds: block.secretTTLSeconds,
    maxPerUser: block.maxPerUser,
    maxOpenPerHour: block.maxOpenPerHour,
  });
}

/** What is signed for a client of FAPI 2.0 needs a key that it may trust (Security Profile 5.4.1). */
function resolveAlgorithms({ idTokenAlgorithms, profile }: Given): readonly SigningAlgorithm[] {
  const algorithms = idTokenAlgorithms.map((one) => requireAlgorithm('idTokenAlgorithms', one));
  if (profile === null || algorithms.some((one) => FAPI_ALGORITHMS.includes(one))) return algorithms;
  throw new Error(
    `oauthProvider.idTokenAlgorithms: profile '${profile}' allows none of ${algorithms.join(', ')}. Add PS256, ES256 or EdDSA.`,
  );
}

/** On where every request has to be signed. */
function resolveRequestObjects({ requestObjects, requireSignedRequestObject, profile }: Given): boolean {
  const isNeeded = requireSignedRequestObject === true || profile === 'fapi2-message-signing';
  if (isNeeded && requestObjects === false)
    throw new Error(
      `oauthProvider.requestObjects: false, but ${profile === 'fapi2-message-signing' ? `profile '${profile}'` : 'requireSignedRequestObject'} asks for signed requests. Leave one of them out.`,
    );
  return requestObjects ?? isNeeded;
}

function requireAlgorithm(name: string, value: unknown): SigningAlgorithm {
  if (isSigningAlgorithm(value) && !isSymmetric(value)) return value;
  throw new Error(
    `oauthProvider.${name}: ${JSON.stringify(value)} is not an algorithm with a public key. Give e.g. RS256, ES256 or EdDSA.`,
  );
}

function requirePairwiseSecret(secret: string | null): string | null {
  if (secret === null || secret.length >= MIN_PAIRWISE_SECRET) return secret;
  throw new Error(
    `oauthProvider.pairwiseSecret: ${secret.length} characters are too few. Give ${MIN_PAIRWISE_SECRET} or more.`,
  );
}
