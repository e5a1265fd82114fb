import { AuthError } from '../errors/auth-error.js';
import type { EdgeContext } from '../http/request/request-context.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import type { OpenConnections } from './open-connections.js';
import type { PresentedCredential } from './presented-credential.js';

/** @returns null for a bad cookie, which counts as no credential: browsers send cookies even when the user does not mean to */
export function identify(
  presented: PresentedCredential,
  requestContext: EdgeContext,
  connections: OpenConnections | undefined,
): AuthPrincipal | null | Promise<AuthPrincipal | null> {
  const { connection } = requestContext;
  const isCookie = presented.authenticator.carrier === 'cookie';
  if (connection && isCookie && connections)
    return connections.admitCookie(requestContext, connection).then(() => verify(presented, requestContext));
  return verify(presented, requestContext);
}

function verify(
  { authenticator, credential }: PresentedCredential,
  requestContext: EdgeContext,
): AuthPrincipal | null | Promise<AuthPrincipal | null> {
  const found = authenticator.authenticate(credential, requestContext);
  if (authenticator.carrier !== 'cookie' || !(found instanceof Promise)) return found;
  return found.catch((error: unknown) => {
    if (error instanceof AuthError && error.status === 401) return null;
    throw error;
  });
}
