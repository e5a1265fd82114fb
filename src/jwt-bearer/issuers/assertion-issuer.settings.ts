import { isOfTenants, TENANT } from '../../common/issuers/tenant-issuer.js';
import { issuerOption, resolveTrustedIssuer } from '../../common/issuers/trusted-issuer.options.js';
import type { CoreSettings } from '../../common/options/core-options.js';
import { readOptions } from '../../common/options/read-options.js';
import {
  ASSERTION_ISSUER_OPTIONS,
  SUBJECT_WAYS,
  type AssertionIssuerOptions,
  type AssertionIssuerSettings,
  type SubjectWay,
} from './assertion-issuer.options.js';

const MAX_ID_JAG_SECONDS = 600;

type Core = Pick<CoreSettings, 'issuer' | 'allowPrivateNetwork' | 'resources'>;

/** @throws Error with option and remedy; stops the boot */
export function resolveAssertionIssuer(
  options: AssertionIssuerOptions,
  option: string,
  core: Core,
): AssertionIssuerSettings {
  const name = issuerOption(option, options);
  const settings = readOptions(name, options, ASSERTION_ISSUER_OPTIONS);
  const { type, subject, createUsers, maxLifetimeSeconds, reuse, tenants } = settings;
  const { issuer, algorithms, jwksUri, jwks, discoveryUri } = options;
  requireTrust(name, options, core);
  if (type === 'id-jag' && maxLifetimeSeconds > MAX_ID_JAG_SECONDS)
    throw new Error(`${name}.maxLifetime: an identity assertion lives 10 minutes at most. Give '10m' or less.`);
  const subjectOf = typeof subject === 'function' ? subject : null;
  const ways = new Set(typeof subject === 'function' ? [] : waysOf(name, [subject].flat()));
  if (createUsers && !ways.has('linked'))
    throw new Error(`${name}.createUsers: who is made would not be found again. Name 'linked' in subject.`);
  return Object.freeze({
    ...{ issuer, type, createUsers, maxLifetimeSeconds, reuse, tenants, ways, subjectOf },
    trusted: resolveTrustedIssuer(
      {
        ...{ issuer, algorithms, type: false },
        ...(jwksUri !== undefined && { jwksUri }),
        ...(jwks !== undefined && { jwks }),
        ...(discoveryUri !== undefined && { discoveryUri }),
      },
      { option, audiences: [core.issuer], roles: null, allowPrivateNetwork: core.allowPrivateNetwork },
    ),
    clients: settings.clients && new Set(settings.clients),
    scopes: settings.scopes && new Set(settings.scopes),
    resources: settings.resources && new Set(settings.resources.map((one) => known(name, one, core))),
  });
}

/** ID-JAG 8.3: this server gives no access token for what it has issued itself; its own users have better ways. */
function requireTrust(name: string, { issuer, algorithms, tenants }: AssertionIssuerOptions, core: Core): void {
  if (issuer === core.issuer) throw new Error(`${name}: it is this server itself. Remove it.`);
  if (isOfTenants(issuer))
    throw new Error(`${name}: ${TENANT} cannot stand in it. List the issuer of each tenant that you trust.`);
  if (algorithms === undefined || algorithms.length === 0)
    throw new Error(`${name}.algorithms is missing. List those that it signs with, e.g. ['ES256'].`);
  if (tenants?.length === 0 || tenants?.includes(''))
    throw new Error(`${name}.tenants: list the tenants that you trust, or leave it out.`);
}

function waysOf(name: string, ways: readonly string[]): readonly SubjectWay[] {
  const wrong = ways.find((way) => !(SUBJECT_WAYS as readonly string[]).includes(way));
  if (wrong !== undefined || ways.length === 0)
    throw new Error(
      `${name}.subject: ${JSON.stringify(wrong)} is no way to find a user. Give some of ${SUBJECT_WAYS.join(', ')}, or a function.`,
    );
  return ways as readonly SubjectWay[];
}

function known(name: string, resource: string, { resources }: Core): string {
  const found = resources.find(resource);
  if (found) return found.resource;
  throw new Error(`${name}.resources: ${JSON.stringify(resource)} is none of resources. Add it there.`);
}
