import { decodeJwt } from 'jose';
import { onlyIssuerOf } from '../../../../account-linking/providers/presets.js';
import type { ImportSettings } from '../import-options.js';
import { asText, type SourceRow } from '../source-values.js';

/** Who somebody is at a provider, as sign-in with it will say again. */
export interface ProviderIdentity {
  readonly issuer: string;
  readonly accountId: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TENANT = /^https:\/\/login\.microsoftonline\.com\/([0-9a-f-]{36})\/v2\.0$/;

/** The identity behind an account; a text: why it is not known. */
export function identityOf(row: SourceRow, { issuers = {} }: ImportSettings): ProviderIdentity | string {
  const providerId = String(row['providerId']);
  const accountId = String(row['accountId']);
  const given = Object.hasOwn(issuers, providerId) ? issuers[providerId]! : null;
  if (providerId === 'microsoft') return microsoftIdentityOf(row, accountId, given);
  // There this name stands for any GitLab, whose accounts have numbers: at another one they are of other people.
  const issuer = given ?? (providerId === 'gitlab' ? null : onlyIssuerOf(providerId));
  if (issuer !== null) return { issuer, accountId };
  return `the issuer of the provider "${providerId}" is not known: give it with --issuer ${providerId}=…`;
}

/**
 * Each tenant is an issuer, and a person is `oid` within `tid`. better-auth keeps `oid` alone, and earlier versions `sub`, which differs from one
 * client to the next: the ID token beside it has them all.
 */
function microsoftIdentityOf(row: SourceRow, accountId: string, given: string | null): ProviderIdentity | string {
  const { iss, tid, oid, sub } = claimsOf(asText(row['idToken']));
  if (iss && typeof tid === 'string' && typeof oid === 'string' && [oid, sub].includes(accountId))
    return { issuer: iss, accountId: `${tid}.${oid}` };
  const tenant = TENANT.exec(given ?? '')?.[1];
  if (given !== null && tenant !== undefined && UUID.test(accountId))
    return { issuer: given, accountId: `${tenant}.${accountId}` };
  return 'its tenant is not known: give it with --issuer microsoft=https://login.microsoftonline.com/<tenant id>/v2.0';
}

/** From our own database, and long expired: nothing is proven by it. */
function claimsOf(token: string | null): { iss?: string; tid?: unknown; oid?: unknown; sub?: string } {
  try {
    return token === null ? {} : decodeJwt(token);
  } catch {
    return {};
  }
}
