import { Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Grant, GrantRequest } from '../../common/grants/grant.js';
import type { TokenResponse } from '../../common/ports/authorization-server.js';
import { HostPorts } from '../../common/ports/port.js';

/**
 * Tokens for a client that acts for itself (RFC 6749 4.4): its own id as the subject, its own scopes, never a refresh token or an ID token
 * (T106). Reached through the token endpoint, so only where there is an authorization server.
 */
@Injectable()
export class ClientCredentialsGrant implements Grant {
  readonly grantType = 'client_credentials';
  readonly parameters = ['scope', 'authorization_details'];

  constructor(
    private readonly ports: HostPorts,
    private readonly database: Database,
  ) {}

  /** @throws AuthError 400 `unauthorized_client`, `invalid_scope`, `invalid_target`; 401 `invalid_client` when the client has ended meanwhile */
  async handle({ client, parameters, resources, sender }: GrantRequest): Promise<TokenResponse> {
    // A client without scopes of its own may do nothing as itself, even if it has registered this grant type.
    if (client.isPublic || client.ownScopes.size === 0)
      throw AuthError.oauth('unauthorized_client', 'This client may not act for itself');
    // They are what a user allows (RFC 9396 3); taken and left out, the client would rely on a limit that its token has not.
    if (parameters['authorization_details'] !== undefined)
      throw AuthError.oauth('invalid_authorization_details', 'There are none for a client that acts for itself');
    const server = this.ports.authorizationServer.get();
    const prepared = await server.prepare({
      client,
      subjectId: client.clientId,
      subjectKind: 'client',
      sessionId: null,
      source: this.grantType,
      sourceId: null,
      scopes: server.scopesFor(client, parameters['scope'], 'client'),
      resources: server.resourcesFor(client, resources),
      authenticatedAt: null,
      sender,
      refreshable: false,
    });
    // One statement, or none for a JWT, is enough: no code or token is spent, and the epoch of the client ends the token (ADR 15).
    return this.database.single((tx) => prepared.store(tx));
  }
}
