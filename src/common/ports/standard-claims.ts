import type { HostUser } from './user-directory.js';

const OF_SCOPES: Readonly<Record<string, readonly string[]>> = {
  profile: [
    'name',
    'given_name',
    'family_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
};

/** Requests what `@Roles` asks for; not of OpenID Connect, so only where the host offers it. */
const ROLES_SCOPE = 'roles';

/** Scopes that request claims (OIDC Core 5.4). */
export const CLAIM_SCOPES: readonly string[] = Object.keys(OF_SCOPES);

/** Names of the claims that these scopes request. */
export function claimsOfScopes(scopes: ReadonlySet<string>): string[] {
  return Object.entries(OF_SCOPES).flatMap(([scope, claims]) => (scopes.has(scope) ? claims : []));
}

/** The values of those claims that every user has. */
export function claimsOfUser(user: HostUser, scopes: ReadonlySet<string>): Record<string, unknown> {
  return {
    ...(scopes.has('profile') && {
      name: user.name,
      updated_at: Math.floor(user.updatedAt.getTime() / 1000),
      ...(user.image && { picture: user.image }),
    }),
    ...(scopes.has('email') && { email: user.email, email_verified: user.emailVerified }),
    ...(scopes.has(ROLES_SCOPE) && user.roles?.length && { roles: [...user.roles] }),
  };
}
