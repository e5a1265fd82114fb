import type { AuthPrincipal } from '../common/principal/auth-principal.js';

/** `AuthInfo` of the SDKs, which tools get as `extra.authInfo` (SDK 1) or `ctx.http.authInfo` (SDK 2). */
export interface McpAuthInfo {
  /**
   * The id of the credential, never the token: a tool that passed it on would make this server a deputy of whoever listens there, which MCP
   * forbids. For calls of its own it exchanges or asks for another. It differs for each credential, since code of others may tell callers
   * apart by it.
   */
  readonly token: string;
  /** Empty for a credential that belongs to no client. */
  readonly clientId: string;
  /** All that the token has, also by implication: `requireScopes` of SDK 2 compares with them. */
  readonly scopes: string[];
  /** Seconds since 1970; absent: does not expire. */
  readonly expiresAt?: number;
  /** What the token is for (RFC 8707), as the endpoint requires it. */
  readonly resource?: URL;
  readonly extra: { readonly principal: AuthPrincipal };
}

/** The user as `@rekog/mcp-nest` reads it, to decide about its own decorators: a principal, with scopes and roles as it wants them. */
export type McpNestUser = Omit<AuthPrincipal, 'roles'> & { readonly scope: string; readonly roles: readonly string[] };

export function authInfoOf(principal: AuthPrincipal, resource: string | undefined): McpAuthInfo {
  return {
    token: principal.credentialId,
    clientId: principal.clientId ?? '',
    scopes: [...principal.scopes],
    ...(principal.expiresAt && { expiresAt: Math.floor(principal.expiresAt.getTime() / 1000) }),
    ...(resource !== undefined && URL.canParse(resource) && { resource: new URL(resource) }),
    extra: { principal },
  };
}

export function mcpNestUserOf(principal: AuthPrincipal): McpNestUser {
  return { ...principal, scope: [...principal.scopes].join(' '), roles: [...principal.roles] };
}
