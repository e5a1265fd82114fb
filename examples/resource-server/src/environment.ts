const { ISSUER, AUDIENCE } = process.env;
if (!ISSUER || !AUDIENCE) {
  console.error(
    'ISSUER and AUDIENCE are missing: the issuer whose tokens are taken, exactly as their iss has it, and what their aud calls this server. README.md has both for Keycloak.',
  );
  process.exit(1);
}

export const issuer = ISSUER;
export const audience = AUDIENCE;
/** Keycloak, Auth0 and Entra ID send JWT; what follows RFC 9068 sends at+jwt. */
export const type = process.env.TOKEN_TYPE ?? 'at+jwt';
export const roles = process.env.ROLES ?? 'realm_access.roles';
export const port = process.env.PORT ?? '3000';
