import type { SigningAlgorithm } from '../common/keys/signing-algorithm.js';
import type { CoreSettings } from '../common/options/core-options.js';
import { readOptions } from '../common/options/read-options.js';
import { MAX_CLIENT_ID_LENGTH } from '../common/ports/authorization-server.js';
import { AcrLadder } from '../common/principal/acr-ladder.js';
import { foldResource } from '../common/resources/resource-identifier.js';
import {
  ASSERTION_AUDIENCE_OPTIONS,
  IDENTITY_ASSERTIONS_OPTIONS,
  type AssertionAudienceOptions,
  type AudienceSubject,
  type IdentityAssertion,
  type IdentityAssertionHook,
  type IdentityAssertionsOptions,
} from './identity-assertion.options.js';

/** Another authorization server, resolved. */
export interface AssertionAudience {
  readonly issuer: string;
  /** Ids there, by ids here. */
  readonly clients: ReadonlyMap<string, string>;
  /** As configured, by their folded spelling. */
  readonly resources: ReadonlyMap<string, string>;
  readonly scopes: ReadonlySet<string>;
  readonly sector: string | null;
  readonly tenant: string | null;
  readonly hasEmail: boolean;
  readonly audSub: AudienceSubject | null;
  readonly stepUp: { readonly acr: readonly string[] | null; readonly maxAgeSeconds: number | null };
}

export interface IdentityAssertionsSettings {
  /** By the folded spelling of their issuers. */
  readonly audiences: ReadonlyMap<string, AssertionAudience>;
  readonly algorithm: SigningAlgorithm;
  readonly authorize: IdentityAssertionHook | null;
}

const OPTION = 'tokenExchange.identityAssertions';
/** A host, without its port: what pairwise names are made of (OIDC Core 8.1). */
const SECTOR = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

/** @throws Error with option and remedy; stops the boot */
export function resolveIdentityAssertions(
  options: IdentityAssertionsOptions,
  core: Pick<CoreSettings, 'issuer' | 'acr'>,
): IdentityAssertionsSettings {
  const { audiences, algorithm, authorize } = readOptions(OPTION, options, IDENTITY_ASSERTIONS_OPTIONS);
  const entries = Object.entries(audiences);
  if (entries.length === 0)
    throw new Error(`${OPTION}.audiences: there is none. Name the servers that take them, or leave it out.`);
  return Object.freeze({
    audiences: byFolded(entries.map(([issuer, one]) => resolveAudience(issuer, one, core))),
    algorithm,
    authorize: authorize && ((assertion: IdentityAssertion) => options.authorize!(assertion)),
  });
}

function byFolded(audiences: readonly AssertionAudience[]): ReadonlyMap<string, AssertionAudience> {
  const map = new Map(audiences.map((one) => [foldResource(one.issuer)!, one]));
  if (map.size === audiences.length) return map;
  throw new Error(`${OPTION}.audiences: two of them are one server in two spellings. Remove one.`);
}

function resolveAudience(
  issuer: string,
  options: AssertionAudienceOptions,
  core: Pick<CoreSettings, 'issuer' | 'acr'>,
): AssertionAudience {
  const name = `${OPTION}.audiences[${JSON.stringify(issuer)}]`;
  const settings = readOptions(name, options, ASSERTION_AUDIENCE_OPTIONS);
  if (!URL.canParse(issuer) || /[?#]/.test(issuer))
    throw new Error(`${name}: it is not an issuer. Give the address that its metadata names, exactly (RFC 8414 2).`);
  // ID-JAG 8.3: nobody gives access for an identity that they have vouched for themselves.
  if (foldResource(issuer) === foldResource(core.issuer))
    throw new Error(`${name}: it is this server. Its own tokens are exchanged by tokenExchange.clients.`);
  const known = new AcrLadder(core.acr).names;
  const unknown = settings.acr?.find((one) => !known.includes(one));
  if (unknown !== undefined || settings.acr?.length === 0)
    throw new Error(`${name}.acr: give some of ${known.join(', ')}.`);
  if (settings.sector !== null && !SECTOR.test(settings.sector))
    throw new Error(`${name}.sector: ${JSON.stringify(settings.sector)} is not a host. Give one such as api.example.`);
  if (settings.tenant === '') throw new Error(`${name}.tenant: it is empty. Leave it out, or name the tenant.`);
  return Object.freeze({
    issuer,
    clients: clientsOf(name, settings.clients),
    resources: resourcesOf(name, settings.resources ?? []),
    scopes: new Set(settings.scopes),
    sector: settings.sector,
    tenant: settings.tenant,
    hasEmail: settings.email,
    audSub: settings.audSub && ((...args: Parameters<AudienceSubject>) => options.audSub!(...args)),
    stepUp: { acr: settings.acr, maxAgeSeconds: settings.maxAgeSeconds },
  });
}

function clientsOf(name: string, clients: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const entries = Object.entries(clients).map(([here, there]): [string, string] => {
    const id = there === true ? here : there;
    if (typeof id === 'string' && id !== '' && id.length <= MAX_CLIENT_ID_LENGTH) return [here, id];
    throw new Error(`${name}.clients[${JSON.stringify(here)}]: give the id of the client there, or true for the same.`);
  });
  if (entries.length === 0) throw new Error(`${name}.clients: there is none. Name those that may have assertions.`);
  return new Map(entries);
}

function resourcesOf(name: string, resources: readonly string[]): ReadonlyMap<string, string> {
  const entries = resources.map((resource): [string, string] => {
    const folded = foldResource(resource);
    if (folded !== null) return [folded, resource];
    throw new Error(
      `${name}.resources: ${JSON.stringify(resource)} is not an address without a fragment (RFC 8707 2).`,
    );
  });
  if (entries.length === 0)
    throw new Error(
      `${name}.resources: there is none. An assertion without one would be good for every resource there.`,
    );
  return new Map(entries);
}
