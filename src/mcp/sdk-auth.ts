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
  /** The resource of the endpoint (RFC 8707), which the token is for. */
  readonly resource?: URL;
  /** Where its document is (RFC 9728), for challenges of SDK 2. */
  readonly resourceMetadataUrl?: string;
  readonly extra: { readonly principal: AuthPrincipal };
}

/** The user as `@rekog/mcp-nest` reads it, to decide about its own decorators: a principal, with scopes and roles as it wants them. */
export type McpNestUser = Omit<AuthPrincipal, 'roles'> & { readonly scope: string; readonly roles: readonly string[] };

/** What an endpoint knows of itself. */
export interface EndpointFacts {
  readonly resource: string | undefined;
  readonly metadata: string | undefined;
}

/** @param scopes all that the principal has, also by implication */
export function authInfoOf(
  principal: AuthPrincipal,
  scopes: ReadonlySet<string>,
  { resource, metadata }: EndpointFacts,
): McpAuthInfo {
  return {
    token: principal.credentialId,
    clientId: principal.clientId ?? '',
    scopes: [...scopes],
    ...(principal.expiresAt && { expiresAt: Math.floor(principal.expiresAt.getTime() / 1000) }),
    ...(resource !== undefined && URL.canParse(resource) && { resource: new URL(resource) }),
    ...(metadata !== undefined && { resourceMetadataUrl: metadata }),
    extra: { principal },
  };
}

export function mcpNestUserOf(principal: AuthPrincipal, scopes: ReadonlySet<string>): McpNestUser {
  return { ...principal, scope: [...scopes].join(' '), roles: [...principal.roles] };
}
