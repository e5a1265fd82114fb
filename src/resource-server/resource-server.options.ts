import { isOfTenants } from '../common/issuers/tenant-issuer.js';
import {
  issuerOption,
  requireDistinct,
  resolveTrustedIssuer,
  TRUSTED_ISSUER_OPTIONS,
  type RolesOption,
  type TrustedIssuerOptions,
  type TrustedIssuerSettings,
} from '../common/issuers/trusted-issuer.options.js';
import { DPOP_OPTIONS, resolveDpop, type DpopAlgorithm, type DpopSettings } from '../common/dpop/dpop.options.js';
import type { Duration } from '../common/options/duration.js';
import {
  MTLS_READING,
  resolveMtlsReading,
  type MtlsReading,
  type MtlsSettings,
} from '../common/options/mtls-options.js';
import { impliedScopes } from '../common/options/implied-scopes-option.js';
import { count, duration, flag, given, hook, text, texts } from '../common/options/option.js';
import { block, optionalBlock, readOptions, type OptionsOf, type SettingsOf } from '../common/options/read-options.js';
import { TRANSPORTS_OPTIONS, type TransportsOptions } from '../common/options/transport-options.js';
import { RESOURCE_OPTIONS, type ResourceOptions } from '../common/resources/resource.options.js';
import { resolveResources, type Resources } from '../common/resources/resources.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import {
  INTROSPECTION_OPTIONS,
  requireComplete,
  type IntrospectionOptions,
  type IntrospectionSettings,
} from './introspection/introspection.options.js';
import type { ResolvePrincipal } from './principal-resolver.js';

/** An issuer of a resource server: one whose JWTs are verified, and which may be asked about opaque tokens. */
export interface ResourceIssuerOptions extends TrustedIssuerOptions {
  /** How it is asked about tokens that are no JWTs. Default: such tokens are refused. */
  readonly introspection?: IntrospectionOptions;
}

export const RESOURCE_ISSUER_OPTIONS = {
  ...TRUSTED_ISSUER_OPTIONS,
  introspection: optionalBlock(INTROSPECTION_OPTIONS),
} satisfies OptionsOf<ResourceIssuerOptions>;

/** A protected resource of a server that gives no tokens. */
export type ServedResourceOptions = Pick<
  ResourceOptions,
  'resource' | 'minimumScopes' | 'name' | 'documentation' | 'policyUri' | 'tosUri' | 'dpopBoundAccessTokensRequired'
>;

/** A server that verifies tokens of others, and keeps nothing. */
export interface ResourceServerOptions {
  /** Issuers whose access tokens are taken. One of them may be asked about opaque tokens. */
  readonly issuers: readonly ResourceIssuerOptions[];
  /** What tokens name this server by, in `aud` (RFC 9068 4); for issuers without an `audience` of their own. Default: its `resources`. */
  readonly audience?: string | readonly string[];
  /**
   * What this server is as a protected resource (RFC 9728), or its parts: served as documents, named in challenges, and asked of tokens by
   * `@ProtectedResource`. Where there is one, it is that of every route (docs/guides/resource-server.md). Default: none.
   */
  readonly resources?: readonly ServedResourceOptions[];
  /**
   * Scopes that have others within them, e.g. `{ 'files:write': ['files:read'] }`, over several steps as well. Guards go by it. Default: none.
   */
  readonly impliedScopes?: Readonly<Record<string, readonly string[]>>;
  /** Clock skew that is accepted between the issuers and this server. Default 5 seconds, at most 60. */
  readonly clockTolerance?: Duration;
  /** Where tokens have roles, for issuers without `roles` of their own: a path such as `realm_access.roles`, or a function. Default: none. */
  readonly roles?: RolesOption;
  /**
   * Makes the principal of a verified token in the host's own terms: what it returns replaces those members, null refuses the token (401).
   * Called once for each token while it is in memory. It cannot change issuer, audience or expiry.
   */
  readonly resolvePrincipal?: ResolvePrincipal;
  /** Loads what `@CurrentUser()` and `AuthContext.user()` give, for principals that are users. Default: they give null. */
  readonly loadUser?: (principal: AuthPrincipal) => object | null | Promise<object | null>;
  /**
   * How long a verified JWT is served from memory, if it does not expire before: so long a key that its issuer has withdrawn still counts.
   * Default `'5m'`, 0 turns the cache off, at most 1 hour.
   */
  readonly cacheTtl?: Duration;
  /** Verified tokens kept in memory, by their digests. Default 10000. */
  readonly cacheSize?: number;
  /** What messages of microservices carry (docs/guides/transports.md). */
  readonly transports?: TransportsOptions;
  /** Tokens that are bound to a key of their holder (RFC 9449). Without `origins` they are refused. */
  readonly dpop?: {
    /** Origins under which clients reach this server, e.g. `https://api.example.com`: a proof names the address that it is for. */
    readonly origins?: readonly string[];
    /** How old a proof may be; each is good once on a process. Default `'5m'`, 10 seconds to 1 hour. */
    readonly proofMaxAge?: Duration;
    /** Algorithms of proofs. Default `ES256 EdDSA Ed25519 PS256 ES384 ES512`; `RS256` can be added. */
    readonly algorithms?: readonly DpopAlgorithm[];
  };
  /**
   * Takes client certificates from a proxy that terminates TLS, for tokens that are bound to one (RFC 8705 3). Default: off, such tokens are
   * refused (docs/guides/mtls.md).
   */
  readonly mtls?: MtlsReading;
  /** Proxies whose header is trusted for that: addresses, CIDR ranges or `'loopback'`. Default: none. */
  readonly trustProxy?: readonly string[];
  /** `realm` of the challenges (RFC 9110 11.5). Default `api`. */
  readonly realm?: string;
  /**
   * Lets issuers be on loopback and private addresses, on loopback also by plain http: for development, and for issuers inside the network.
   * Default false.
   */
  readonly allowPrivateNetwork?: boolean;
}

const { resource, minimumScopes, name, documentation, policyUri, tosUri, dpopBoundAccessTokensRequired } =
  RESOURCE_OPTIONS;
export const SERVED_RESOURCE_OPTIONS = {
  resource,
  minimumScopes,
  name,
  documentation,
  policyUri,
  tosUri,
  dpopBoundAccessTokensRequired,
} satisfies OptionsOf<ServedResourceOptions>;

export const RESOURCE_SERVER_OPTIONS = {
  issuers: given('blocks'),
  audience: given(['text', 'texts']),
  resources: given<readonly ServedResourceOptions[]>('blocks', []),
  impliedScopes: impliedScopes(),
  clockTolerance: duration({ fallback: 5, min: 0, max: 60 }),
  roles: given<RolesOption>(['text', 'function']),
  resolvePrincipal: hook(),
  loadUser: hook(),
  cacheTtl: duration({ fallback: '5m', min: 0, max: 3_600 }),
  cacheSize: count({ fallback: 10_000, min: 1, max: 1_000_000 }),
  transports: block(TRANSPORTS_OPTIONS),
  dpop: block({
    origins: DPOP_OPTIONS.origins,
    proofMaxAge: DPOP_OPTIONS.proofMaxAge,
    algorithms: DPOP_OPTIONS.algorithms,
  }),
  mtls: optionalBlock(MTLS_READING),
  trustProxy: texts(),
  realm: text({
    fits: (realm) => /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/.test(realm),
    otherwise: 'does not fit into a header. Give printable ASCII without quotes and backslashes.',
    fallback: 'api',
  }),
  allowPrivateNetwork: flag(false),
} satisfies OptionsOf<ResourceServerOptions>;

export interface ResourceIssuerSettings extends TrustedIssuerSettings {
  readonly introspection: IntrospectionSettings | null;
}

export interface ResourceServerSettings extends Omit<
  SettingsOf<typeof RESOURCE_SERVER_OPTIONS>,
  'issuers' | 'audience' | 'roles' | 'dpop' | 'mtls' | 'resources'
> {
  readonly dpop: DpopSettings;
  readonly issuers: readonly ResourceIssuerSettings[];
  readonly mtls: MtlsSettings | null;
  readonly resources: Resources;
  readonly resolvePrincipal: ResolvePrincipal | null;
  readonly loadUser: NonNullable<ResourceServerOptions['loadUser']> | null;
}

/** @throws Error with option and remedy; stops the boot */
export function resolveResourceServerOptions(server: ResourceServerOptions | undefined): ResourceServerSettings {
  const {
    audience,
    roles,
    dpop,
    mtls,
    resources: served,
    ...settings
  } = readOptions('ResourceServerModule', server, RESOURCE_SERVER_OPTIONS);
  const { allowPrivateNetwork } = settings;
  const list = server?.issuers ?? [];
  if (list.length === 0)
    throw new Error(
      "ResourceServerModule: issuers is empty. Name the issuers whose tokens are taken: [{ issuer: 'https://…' }].",
    );
  requireDistinct(
    'ResourceServerModule.issuers',
    list.map(({ issuer }) => issuer),
  );
  const resources = resolveServed(served, dpop.origins);
  const context = {
    option: 'ResourceServerModule.issuers',
    audiences: audience === null ? resources.all.flatMap(({ spellings }) => spellings) : [audience].flat(),
    roles,
    allowPrivateNetwork,
  };
  const issuers = list.map((options): ResourceIssuerSettings => {
    const name = issuerOption(context.option, options);
    const { introspection } = readOptions(name, options, RESOURCE_ISSUER_OPTIONS);
    const { introspection: _asked, ...trusted } = options;
    if (introspection && isOfTenants(options.issuer))
      throw new Error(
        `${name}.introspection: an issuer of many tenants is not asked about tokens. List the tenants as issuers of their own.`,
      );
    return Object.freeze({
      ...resolveTrustedIssuer(trusted, context),
      introspection: introspection && requireComplete(`${name}.introspection`, introspection, allowPrivateNetwork),
    });
  });
  // An opaque token does not say whose it is, and must not be shown to one issuer after the other.
  if (issuers.filter(({ introspection }) => introspection && introspection.tokens !== 'jwt').length > 1)
    throw new Error(
      "ResourceServerModule.issuers: two of them are asked about opaque tokens, which do not say whose they are. Keep introspection for one, or give the other tokens: 'jwt'.",
    );
  // Without a database and a secret: what was used before is known to this process, and nonces are not made.
  const terms = resolveDpop('ResourceServerModule.dpop', { ...dpop, nonce: 'off', resourceReplay: 'memory' });
  return Object.freeze({
    ...settings,
    dpop: terms,
    issuers: Object.freeze(issuers),
    mtls: resolveMtlsReading(mtls, settings.trustProxy),
    resources,
  });
}

function resolveServed(list: readonly ServedResourceOptions[], origins: readonly string[]): Resources {
  const option = 'ResourceServerModule.resources';
  for (const [index, one] of list.entries()) readOptions(`${option}[${index}]`, one, SERVED_RESOURCE_OPTIONS);
  const resources = resolveResources(list, null, option);
  const bound = resources.all.find(({ isDpopRequired }) => isDpopRequired);
  if (bound && origins.length === 0)
    throw new Error(
      `${option}: ${bound.resource} takes bound tokens alone, and without an origin no proof can be checked. Give dpop.origins.`,
    );
  return resources;
}
