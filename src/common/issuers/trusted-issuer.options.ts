import { isIP } from 'node:net';
import { choice, given } from '../options/option.js';
import { readOptions, type OptionsOf, type SettingsOf } from '../options/read-options.js';
import { addressKind } from '../outbound/address-kind.js';
import { claimPath, textsOf, type TokenClaims } from './claim-path.js';
import { isOfTenants, TENANT, TENANT_ID } from './tenant-issuer.js';
import { requireKeySet, type GivenKeySet } from './given-key-set.js';

/** Algorithms that an outside issuer may use. No symmetric ones: its key set is public. */
const OUTSIDE_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
];

/** Finds the roles in the claims of a verified token. */
export type RolesOf = (claims: TokenClaims) => readonly string[];

/** Where the roles are: the path of a claim, or a function. */
export type RolesOption = string | RolesOf;

/** An outside issuer whose access tokens are accepted. */
export interface TrustedIssuerOptions {
  /** Its `iss`, exactly. `{tenantid}` in it stands for one of `tenants` (Microsoft Entra ID). */
  readonly issuer: string;
  /** Audiences that stand for this server in its tokens; a token must have one of them. Default: our issuer, or `audience` of the resource server. */
  readonly audience?: string | readonly string[];
  /** The claim that has the audience: `aud`, or `client_id` or `azp` where the issuer sends no `aud`. Default `aud`. */
  readonly audienceClaim?: 'aud' | 'client_id' | 'azp';
  /** Where its discovery document is. Default: below `issuer`, as OpenID Connect Discovery 4 has it, or else RFC 8414 3.1. */
  readonly discoveryUri?: string;
  /** Where its key set is. Default: what its discovery document says. */
  readonly jwksUri?: string;
  /** Its public keys, for an issuer that is not asked for them. Default: they are fetched. */
  readonly jwks?: GivenKeySet;
  /** Signature algorithms it may use. Default: every asymmetric one. */
  readonly algorithms?: readonly string[];
  /**
   * `typ` of its access tokens; false: not looked at. Many issuers send `JWT`, for their ID tokens as well: then say by `claims` what an
   * access token has. Default `at+jwt` (RFC 9068).
   */
  readonly type?: string | false;
  /** Claims that a token must have, each with the one value or one of the values here, e.g. `{ token_use: 'access' }`. Default: none. */
  readonly claims?: Readonly<Record<string, string | readonly string[]>>;
  /** With `{tenantid}` in `issuer`: ids of the tenants whose tokens are taken, or `'any'`. Default: none; it must be given then. */
  readonly tenants?: readonly string[] | 'any';
  /** Where its tokens have roles, for `@Roles`: a path such as `realm_access.roles`, or a function. Default: they have none. */
  readonly roles?: RolesOption;
}

export const TRUSTED_ISSUER_OPTIONS = {
  issuer: given('text'),
  audience: given(['text', 'texts']),
  audienceClaim: choice(['aud', 'client_id', 'azp'], 'aud'),
  discoveryUri: given('text'),
  jwksUri: given('text'),
  jwks: given('block'),
  algorithms: given('texts'),
  type: given<string | false>(['text', 'flag'], 'at+jwt'),
  claims: given('block'),
  tenants: given<readonly string[] | 'any'>(['texts', 'text']),
  roles: given<RolesOption>(['text', 'function']),
} satisfies OptionsOf<TrustedIssuerOptions>;

type Given = SettingsOf<typeof TRUSTED_ISSUER_OPTIONS>;

export interface TrustedIssuerSettings extends Pick<Given, 'audienceClaim' | 'discoveryUri' | 'jwksUri' | 'tenants'> {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly jwks: GivenKeySet | null;
  readonly algorithms: readonly string[];
  readonly type: string | null;
  /** Each with the values that it may have. */
  readonly claims: ReadonlyMap<string, readonly string[]>;
  readonly rolesOf: RolesOf;
}

/** What options of one list of issuers have in common. */
export interface IssuersContext {
  /** Of the list: `jwt.trustedIssuers`. */
  readonly option: string;
  /** For issuers without one of their own. Empty: each needs its own. */
  readonly audiences: readonly string[];
  readonly roles: RolesOption | null;
  readonly allowPrivateNetwork: boolean;
}

/** What messages call an issuer of a list. @throws Error when it has no name; stops the boot */
export function issuerOption(option: string, { issuer }: Partial<TrustedIssuerOptions>): string {
  if (issuer === undefined) throw new Error(`${option}: issuer is missing. Give the iss of its tokens, exactly.`);
  return `${option} (${shown(issuer)})`;
}

/** @throws Error when two issuers are one; stops the boot */
export function requireDistinct(option: string, issuers: readonly string[]): void {
  const twice = issuers.find((name, index) => name !== undefined && issuers.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`${option}: ${twice} is listed twice. Remove one.`);
}

/** @throws Error with option and remedy; stops the boot */
export function resolveTrustedIssuer(options: TrustedIssuerOptions, context: IssuersContext): TrustedIssuerSettings {
  const name = issuerOption(context.option, options);
  const settings = readOptions(name, options, TRUSTED_ISSUER_OPTIONS);
  const { algorithms, type, jwks, roles, audience, tenants, audienceClaim, discoveryUri, jwksUri } = settings;
  requireAddresses(name, options, context.allowPrivateNetwork);
  requireTenants(name, options);
  const wrong = algorithms?.find((algorithm) => !OUTSIDE_ALGORITHMS.includes(algorithm));
  if (wrong !== undefined || algorithms?.length === 0)
    throw new Error(`${name}: algorithms must be some of ${OUTSIDE_ALGORITHMS.join(', ')}.`);
  if ((type as unknown) === true || type === '')
    throw new Error(`${name}: type must be the typ of its access tokens, or false to take any.`);
  const audiences = audience === null ? context.audiences : [audience].flat();
  if (audiences.length === 0 || audiences.includes(''))
    throw new Error(`${name}: audience is missing. Give what its tokens name this server by (RFC 9068 4).`);
  return Object.freeze({
    issuer: options.issuer,
    audiences: [...audiences],
    audienceClaim,
    discoveryUri,
    jwksUri,
    jwks: jwks === null ? null : requireKeySet(name, jwks),
    algorithms: [...(algorithms ?? OUTSIDE_ALGORITHMS)],
    type: type === false ? null : type,
    claims: requiredClaims(name, options.claims ?? {}),
    tenants,
    rolesOf: rolesReader(`${name}.roles`, roles ?? context.roles),
  });
}

function requireAddresses(name: string, options: TrustedIssuerOptions, allowPrivateNetwork: boolean): void {
  const { issuer, jwksUri, discoveryUri } = options;
  const addresses = [issuer.replace(TENANT, 'tenant'), jwksUri ?? issuer, discoveryUri ?? issuer];
  for (const address of addresses) {
    const fault = faultOf(address, allowPrivateNetwork);
    if (fault) throw new Error(`${name}: ${shown(address)} ${fault}. ${ADDRESS_REMEDY}`);
  }
}

function requireTenants(name: string, { issuer, tenants, discoveryUri, jwksUri, jwks }: TrustedIssuerOptions): void {
  if (!isOfTenants(issuer)) {
    if (tenants !== undefined) throw new Error(`${name}: tenants is for an issuer with ${TENANT} in it.`);
    return;
  }
  if (issuer.split(TENANT).length !== 2) throw new Error(`${name}: ${TENANT} stands in it more than once.`);
  if (tenants === undefined || tenants.length === 0 || (typeof tenants === 'string' && tenants !== 'any'))
    throw new Error(`${name}: tenants is missing. List the ids of the tenants that you serve, or give 'any'.`);
  const wrong = [tenants].flat().find((tenant) => tenant !== 'any' && !TENANT_ID.test(tenant));
  if (wrong !== undefined)
    throw new Error(
      `${name}: tenants: ${JSON.stringify(wrong)} is not the id of a tenant. Give it as the claim tid has it.`,
    );
  if (!discoveryUri && !jwksUri && !jwks)
    throw new Error(`${name}: an issuer of many tenants has no discovery document of its own. Give discoveryUri.`);
}

function requiredClaims(name: string, claims: Readonly<Record<string, unknown>>) {
  const entries = Object.entries(claims).map(([claim, value]) => [claim, textsOf(value), [value].flat()] as const);
  const wrong = entries.find(([, texts, values]) => texts.length === 0 || texts.length < values.length);
  if (wrong) throw new Error(`${name}: claims.${wrong[0]} must be a text or a list of texts.`);
  return new Map(entries.map(([claim, texts]) => [claim, texts]));
}

/** @throws Error with option and remedy; stops the boot */
export function rolesReader(option: string, roles: RolesOption | null): RolesOf {
  if (roles === null) return () => [];
  if (typeof roles === 'function') return (claims) => textsOf(roles(claims));
  try {
    const read = claimPath(roles);
    return (claims) => textsOf(read(claims));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${option}: ${JSON.stringify(roles)} is not a path of a claim: ${why}.`, { cause: error });
  }
}

export const ADDRESS_REMEDY =
  'Give an https address; one on this machine or in the inner network needs allowPrivateNetwork: true.';

/** An address as messages repeat it: without a password. */
export function shown(address: unknown): string {
  return JSON.stringify(typeof address === 'string' ? address.replace(/\/\/[^/]*@/, '//') : address);
}

/** What is wrong with an address as written; where it leads is checked when it is fetched. */
export function faultOf(address: unknown, allowPrivateNetwork: boolean): string | null {
  if (typeof address !== 'string' || !URL.canParse(address)) return 'is not an address';
  const url = new URL(address);
  if (url.username || url.password || url.hash) return 'carries credentials or a fragment';
  if (allowPrivateNetwork) return /^https?:$/.test(url.protocol) ? null : 'is not http(s)';
  if (url.protocol !== 'https:') return 'is not https';
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  const inside = isIP(host) !== 0 && addressKind(host) !== 'public';
  return inside ? 'is an address of this machine or of an inner network' : null;
}
