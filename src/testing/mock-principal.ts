import type { Client } from '../common/ports/authorization-server.js';
import type { HostUser } from '../common/ports/user-directory.js';
import { createPrincipal, type AuthPrincipal } from '../common/principal/auth-principal.js';

/** An API key, as `@CurrentApiKey()` shall give it. */
export interface MockApiKey {
  /** Default: `mock-api-key`. */
  readonly id?: string;
  readonly name?: string | null;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  /** What `@ApiKeyAuth({ permissions })` asks for. Default: none. */
  readonly permissions?: Readonly<Record<string, readonly string[]>> | null;
}

/** Who calls. Without `client` alone it is a user. */
export interface MockCaller {
  /** Their id, or what `@CurrentUser()` shall give; the other members of a user are filled in. Default: `mock-user`. */
  readonly user?: string | (Partial<HostUser> & { readonly id: string });
  /** The OAuth client that calls: for the user, or, without `user`, for itself. Its id, or what `@CurrentClient()` shall give. */
  readonly client?: string | (Partial<Client> & { readonly clientId: string });
  /** Default: none. */
  readonly scopes?: Iterable<string>;
  /** The caller presents an API key. `true`: one without a name or permissions. */
  readonly apiKey?: true | MockApiKey;
  /** The roles that `@Roles` asks for. */
  readonly roles?: readonly string[];
  /** How strongly they have signed in, which `@StepUp({ acr })` asks for. Default: unknown. */
  readonly acr?: string;
  /** When, which `@StepUp({ maxAge })` asks for. Default: now, for a user with a session; unknown for others. */
  readonly authenticatedAt?: Date;
  /** Audiences that the token is limited to (RFC 8707). Default: none, so this server. */
  readonly audience?: readonly string[];
  /** Another issuer's token: `@BearerAuth({ issuer })`. Default: this server's. */
  readonly issuer?: string;
  /** Further facts of the credential, as `principal.claims` shall have them. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** What `@CurrentUser()` and `@CurrentClient()` give for a principal of a test. */
export interface Behind {
  readonly user: HostUser | null;
  readonly client: Client | null;
}

const behind = new WeakMap<AuthPrincipal, Behind>();

/**
 * A principal for tests: a user in person with a session, unless `apiKey` or `client` say otherwise. Pass it to a method of your controller, or to
 * `actingAs`.
 *
 * @example
 * mockPrincipal({ user: 'ann', scopes: ['reports:read'] }); // a session of the user ann
 * mockPrincipal({ user: { id: 'ann', email: 'ann@example.com' }, client: 'a-phone-app' }); // an app that acts for Ann
 * mockPrincipal({ client: 'billing' }); // a service that acts for itself
 * mockPrincipal({ acr: 'urn:nest-authority:acr:mfa', authenticatedAt: new Date(Date.now() - 600_000) }); // two factors, ten minutes ago
 * mockPrincipal({ apiKey: { permissions: { reports: ['read'] } } }); // an API key of a user
 */
export function mockPrincipal(caller: MockCaller = {}): AuthPrincipal {
  const client = caller.client === undefined ? null : clientOf(caller.client);
  const user = client && caller.user === undefined ? null : userOf(caller.user ?? 'mock-user');
  const common = {
    kind: user ? 'user' : 'client',
    subjectId: user?.id ?? client?.clientId ?? '',
    clientId: client?.clientId ?? null,
    scopes: caller.scopes ?? [],
    roles: caller.roles ?? [],
    audience: caller.audience ?? [],
    issuer: caller.issuer ?? null,
  } as const;
  const principal = createPrincipal({ ...common, ...credentialOf(caller, common.subjectId, client !== null) });
  behind.set(principal, { user, client });
  return principal;
}

/** @returns undefined for a principal that `mockPrincipal` did not make */
export function behindOf(principal: AuthPrincipal): Behind | undefined {
  return behind.get(principal);
}

function credentialOf(caller: MockCaller, subjectId: string, forClient: boolean) {
  const { apiKey, acr, authenticatedAt, issuer } = caller;
  const claims = { ...caller.claims, ...(acr !== undefined && { acr }) };
  if (apiKey) {
    const { id = 'mock-api-key', name = null, metadata = null, permissions = null } = apiKey === true ? {} : apiKey;
    const owner = { kind: 'user', id: subjectId };
    const key = { id, configId: 'default', name, owner, metadata, permissions };
    return { scheme: 'apiKey', credentialType: 'api_key', credentialId: id, claims: { ...claims, apiKey: key } };
  }
  const bearer = { scheme: 'bearer', claims, ...(authenticatedAt && { authenticatedAt }) };
  if (issuer !== undefined) return { ...bearer, credentialType: 'external_jwt', credentialId: 'mock-jwt' };
  if (forClient) return { ...bearer, credentialType: 'access_token', credentialId: 'mock-token' };
  const session = { sessionId: 'mock-session' };
  return {
    authenticatedAt: new Date(),
    ...bearer,
    ...session,
    credentialType: 'session',
    credentialId: 'mock-session',
  };
}

function userOf(given: NonNullable<MockCaller['user']>): HostUser {
  const user = typeof given === 'string' ? { id: given } : given;
  const now = new Date();
  return {
    email: `${user.id}@example.com`,
    emailVerified: true,
    name: user.id,
    createdAt: now,
    updatedAt: now,
    ...user,
  };
}

function clientOf(given: NonNullable<MockCaller['client']>): Client {
  const client = typeof given === 'string' ? { clientId: given } : given;
  return {
    name: client.clientId,
    uri: null,
    logoUri: null,
    policyUri: null,
    tosUri: null,
    isPublic: false,
    isFirstParty: false,
    isVerified: true,
    grantTypes: new Set(['authorization_code']),
    scopes: new Set(),
    ownScopes: new Set(),
    standsFor: new Set(),
    ...client,
  };
}
