import type { GivenKeySet } from '../common/issuers/given-key-set.js';
import {
  issuerOption,
  requireDistinct,
  resolveTrustedIssuer,
  type TrustedIssuerSettings,
} from '../common/issuers/trusted-issuer.options.js';
import { isOfTenants } from '../common/issuers/tenant-issuer.js';
import type { CoreSettings } from '../common/options/core-options.js';
import type { Duration } from '../common/options/duration.js';
import { duration, given } from '../common/options/option.js';
import { readOptions, type OptionsOf } from '../common/options/read-options.js';

/** A platform that gives its workloads tokens which say who they are: a Kubernetes cluster, GitHub Actions, a cloud. */
export interface WorkloadIssuerOptions {
  /** Its `iss`, exactly. */
  readonly issuer: string;
  /** Where its discovery document is. Default: below `issuer`, as OpenID Connect Discovery 4 has it, or else RFC 8414 3.1. */
  readonly discoveryUri?: string;
  /** Where its key set is. Default: what its discovery document says. */
  readonly jwksUri?: string;
  /** Its public keys, for a cluster that this server cannot reach. Default: they are fetched. */
  readonly jwks?: GivenKeySet;
  /** Signature algorithms it may use. Default: every asymmetric one. */
  readonly algorithms?: readonly string[];
  /**
   * How long its tokens may be good, from `iat` to `exp`. They are taken any number of times until they expire, so whoever steals one has
   * that long. Default `'1d'`, 1 minute to 7 days.
   */
  readonly maxLifetime?: Duration;
}

export const WORKLOAD_ISSUER_OPTIONS = {
  issuer: given('text'),
  discoveryUri: given('text'),
  jwksUri: given('text'),
  jwks: given('block'),
  algorithms: given('texts'),
  maxLifetime: duration({ fallback: '1d', min: 60, max: 7 * 86_400 }),
} satisfies OptionsOf<WorkloadIssuerOptions>;

/** A workload that may present itself as a client, by a token of its platform in place of an assertion of its own (RFC 7523 2.2). */
export interface FederatedIdentityOptions {
  /** One of `workloadIssuers`. */
  readonly issuer: string;
  /**
   * Its `sub`, exactly: `repo:acme/app:ref:refs/heads/main`. `*` stands for one whole part between `:` and `/`, never for the first two:
   * `repo:acme/app:ref:refs/heads/*`.
   */
  readonly subject: string;
  /** The one `aud` of its tokens. Default: our issuer, or the address of the endpoint. */
  readonly audience?: string;
  /** Claims that its tokens must have, by their path, each with the one value or one of the values here. Default: none. */
  readonly claims?: Readonly<Record<string, string | readonly string[]>>;
}

export const FEDERATED_IDENTITY_OPTIONS = {
  issuer: given('text'),
  subject: given('text'),
  audience: given('text'),
  claims: given('block'),
} satisfies OptionsOf<FederatedIdentityOptions>;

export interface WorkloadIssuerSettings {
  readonly trusted: TrustedIssuerSettings;
  readonly maxLifetimeSeconds: number;
}

/** @returns by `iss`. @throws Error with option and remedy; stops the boot */
export function resolveWorkloadIssuers(
  list: readonly WorkloadIssuerOptions[],
  { issuer: ours, allowPrivateNetwork }: CoreSettings,
): ReadonlyMap<string, WorkloadIssuerSettings> {
  const option = 'oauthProvider.workloadIssuers';
  const context = { option, audiences: [ours], roles: null, allowPrivateNetwork };
  const resolved = list.map((options): [string, WorkloadIssuerSettings] => {
    const name = issuerOption(option, options);
    const { maxLifetimeSeconds } = readOptions(name, options, WORKLOAD_ISSUER_OPTIONS);
    const { maxLifetime: _, ...rest } = options;
    if (isOfTenants(rest.issuer)) throw new Error(`${name}: an issuer of workloads is one. Give its iss, exactly.`);
    if (rest.issuer === ours) throw new Error(`${name}: it is this server itself. Remove it.`);
    return [rest.issuer, { trusted: resolveTrustedIssuer({ ...rest, type: false }, context), maxLifetimeSeconds }];
  });
  requireDistinct(
    option,
    resolved.map(([name]) => name),
  );
  return new Map(resolved);
}
