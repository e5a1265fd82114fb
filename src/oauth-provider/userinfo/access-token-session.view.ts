import { Injectable } from '@nestjs/common';
import type { CurrentSession, SessionView } from '../../common/ports/sessions.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { HostPorts } from '../../common/ports/port.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { ClientDirectory } from '../clients/client.directory.js';
import { SubjectIdentifiers } from '../claims/subject-identifiers.js';
import { UserClaims } from '../claims/user-claims.js';

/**
 * `GET /get-session` with a client's access token that has `openid`: its user, with the claims that its scopes allow and the `sub` by which
 * the client knows them, and a view of the access token in place of a session. Without the member `token`, so that it gives no access.
 */
@Injectable()
export class AccessTokenSessionView {
  constructor(
    private readonly ports: HostPorts,
    private readonly directory: ClientDirectory,
    private readonly identifiers: SubjectIdentifiers,
    private readonly claims: UserClaims,
  ) {}

  async sessionOf(principal: AuthPrincipal): Promise<CurrentSession | null> {
    const { clientId, kind, issuer, scopes } = principal;
    if (clientId === null || kind !== 'user' || issuer !== null || !scopes.has('openid')) return null;
    const [client, user] = await Promise.all([
      this.directory.find(clientId),
      this.ports.users.get().find(principal.subjectId),
    ]);
    if (!client || !user) return null;
    const id = this.identifiers.of(client, user.id);
    const claims = await this.claims.ofScopes(client, user.id, [...scopes]);
    // Fewer members than a session and a user have: the client may see less than the user.
    return {
      session: viewOf(principal, id) as SessionView,
      user: { ...claims, ...shownOf(user, scopes), id } as unknown as HostUser,
    };
  }
}

function viewOf(principal: AuthPrincipal, userId: string): Omit<SessionView, 'token'> {
  const since = principal.authenticatedAt ?? new Date();
  return {
    id: principal.credentialId,
    userId,
    clientId: principal.clientId,
    expiresAt: principal.expiresAt ?? since,
    createdAt: since,
    updatedAt: since,
    ipAddress: null,
    userAgent: null,
  };
}

/** The members that better-auth's clients read, each shown if the scopes give the claim of the same meaning (OIDC Core 5.4). */
function shownOf(user: HostUser, scopes: ReadonlySet<string>): Partial<HostUser> {
  return {
    ...(scopes.has('profile') && { name: user.name, image: user.image ?? null, updatedAt: user.updatedAt }),
    ...(scopes.has('email') && { email: user.email, emailVerified: user.emailVerified }),
  };
}
