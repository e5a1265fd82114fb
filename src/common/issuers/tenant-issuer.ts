/** Stands for the tenant in an issuer of many tenants, as the discovery documents of Microsoft Entra ID write it. */
export const TENANT = '{tenantid}';

/** As Microsoft Entra ID writes `tid`. */
export const TENANT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function isOfTenants(issuer: string): boolean {
  return issuer.includes(TENANT);
}

/** The tenant in an `iss`; undefined when the issuer does not have it in this place. */
export function tenantOf(issuer: string, iss: string): string | undefined {
  const [before = '', after = ''] = issuer.split(TENANT);
  if (!iss.startsWith(before) || !iss.endsWith(after)) return undefined;
  const tenant = iss.slice(before.length, iss.length - after.length);
  return TENANT_ID.test(tenant) ? tenant : undefined;
}

/** Whether an `iss` is that of an issuer: exactly, or one of its tenants. */
export function isIssuer(issuer: string, iss: string): boolean {
  return issuer === iss || (isOfTenants(issuer) && tenantOf(issuer, iss) !== undefined);
}
