import { Injectable } from '@nestjs/common';
import type { CurrentSession, SessionView } from '../../common/ports/sessions.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { HostPorts } from '../../common/ports/port.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { ClientDirectory } from '../clients/client.directory.js';
import { SubjectIdentifiers } from '../claims/subject-identifiers.js';
import { UserClaims } from '../claims/user-claims.js';

/**
 * `GET /get-session` with a token that a client was given: with `openid` its user, as far as its scopes show them and by the name under
 * which the client knows them, and a view of the token in place of a session. There is no `token` in it: it opens nothing.
 */
@Injectable()
export class ClientSessionView {
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
    // Less than a session and a user have, for whoever has less than the user.
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

/** The user in the members that better-auth's clients read, by the scopes that show the claims of the same meaning (OIDC Core 5.4). */
function shownOf(user: HostUser, scopes: ReadonlySet<string>): Partial<HostUser> {
  return {
    ...(scopes.has('profile') && { name: user.name, image: user.image ?? null, updatedAt: user.updatedAt }),
    ...(scopes.has('email') && { email: user.email, emailVerified: user.emailVerified }),
  };
}
