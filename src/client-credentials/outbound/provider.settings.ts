import { resolveSeconds, type Duration } from '../../common/options/duration.js';
import { readOptions } from '../../common/options/read-options.js';
import { resolveAuthentication, type ClientAuthentication } from './client-authentication.js';
import { checkEndpoint, isMissing } from './option-checks.js';
import {
  MICROSOFT_PROVIDER_OPTIONS,
  OUTBOUND_PROVIDER_OPTIONS,
  type MicrosoftProviderOptions,
  type OutboundProviderOptions,
} from './outbound.options.js';

/** Decides the error codes: Microsoft's carry the prefix `MICROSOFT_`. */
export type ProviderKind = 'microsoft' | 'oauth';

/** The token endpoint, or the issuer whose metadata names it. */
export type EndpointSource = { readonly tokenEndpoint: string } | { readonly issuer: string };

export interface UsableProvider {
  readonly name: string;
  readonly kind: ProviderKind;
  readonly problem: null;
  readonly endpoint: EndpointSource;
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  /** For token responses that name no lifetime; null: they are refused. */
  readonly defaultLifetimeSeconds: number | null;
}

/** A provider that lacks values. `problem` gives their names only. */
export interface UnusableProvider {
  readonly name: string;
  readonly kind: ProviderKind;
  readonly problem: string;
}

export type ResolvedProvider = UsableProvider | UnusableProvider;

const DEFAULT_AUTHORITY = 'https://login.microsoftonline.com';
const TENANT = /^[A-Za-z0-9][A-Za-z0-9.-]{0,254}$/;
/** They mean "any tenant"; an application that signs in as itself must name its tenant. */
const SHARED_TENANTS = new Set(['common', 'organizations', 'consumers']);
const DAY_SECONDS = 86_400;

/** @throws Error with option and remedy; stops the boot */
export function resolveProvider(
  option: string,
  name: string,
  given: MicrosoftProviderOptions | OutboundProviderOptions,
): ResolvedProvider {
  const kind = given.kind ?? (name === 'microsoft' ? 'microsoft' : 'oauth');
  const endpoint =
    kind === 'microsoft'
      ? microsoftEndpoint(option, given as MicrosoftProviderOptions)
      : oauthEndpoint(option, given as OutboundProviderOptions);
  const authentication = resolveAuthentication(option, kind, given);
  const missing = [
    ...(endpoint === null ? [kind === 'microsoft' ? 'tenantId' : 'tokenEndpoint or issuer'] : []),
    ...(isMissing(given.clientId) ? ['clientId'] : []),
    ...(authentication === null
      ? [
          kind === 'microsoft'
            ? 'clientSecret (or certificate or assertion)'
            : 'clientSecret (or privateKey or assertion)',
        ]
      : []),
  ];
  if (endpoint === null || authentication === null || missing.length > 0)
    return Object.freeze({ name, kind, problem: `missing: ${missing.join(', ')}` });
  return Object.freeze({
    name,
    kind,
    problem: null,
    endpoint,
    clientId: given.clientId!,
    authentication,
    defaultLifetimeSeconds: defaultLifetime(option, 'defaultExpiresIn' in given ? given.defaultExpiresIn : undefined),
  });
}

function microsoftEndpoint(option: string, given: MicrosoftProviderOptions): EndpointSource | null {
  readOptions(option, given, MICROSOFT_PROVIDER_OPTIONS);
  const { tenantId } = given;
  const authority = isMissing(given.authority) ? DEFAULT_AUTHORITY : given.authority!;
  const base = checkEndpoint(`${option}.authority`, authority.includes('://') ? authority : `https://${authority}`);
  if (isMissing(tenantId)) return null;
  if (!TENANT.test(tenantId!) || SHARED_TENANTS.has(tenantId!))
    throw new Error(
      `${option}.tenantId: ${JSON.stringify(tenantId)} is not a tenant. Give the directory's id or domain.`,
    );
  return { tokenEndpoint: `${base.replace(/\/$/, '')}/${tenantId}/oauth2/v2.0/token` };
}

function oauthEndpoint(option: string, given: OutboundProviderOptions): EndpointSource | null {
  if (given.kind !== undefined && given.kind !== 'oauth')
    throw new Error(`${option}.kind: give 'microsoft' or 'oauth'.`);
  readOptions(option, given, OUTBOUND_PROVIDER_OPTIONS);
  const { tokenEndpoint, issuer } = given;
  if (!isMissing(tokenEndpoint) && !isMissing(issuer))
    throw new Error(`${option}: tokenEndpoint and issuer are both given. Leave one of them out.`);
  if (!isMissing(tokenEndpoint)) return { tokenEndpoint: checkEndpoint(`${option}.tokenEndpoint`, tokenEndpoint!) };
  if (isMissing(issuer)) return null;
  checkEndpoint(`${option}.issuer`, issuer!);
  // Unchanged: it is compared with the issuer in the metadata character by character (RFC 8414 3.3).
  return { issuer: issuer! };
}

function defaultLifetime(option: string, given: Duration | undefined): number | null {
  return given === undefined
    ? null
    : resolveSeconds(`${option}.defaultExpiresIn`, given, { min: 61, max: DAY_SECONDS });
}
