import type { Client } from './authorization-server.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import type { HostPorts } from './port.js';
import type { HostUser } from './user-directory.js';

/** Loads the user or the client behind a principal, on demand. */
export interface PrincipalLoaders {
  /** Called for principals of the kind `user` only. */
  readonly user: (principal: AuthPrincipal) => Promise<HostUser | null>;
  readonly client: (clientId: string) => Promise<Client | null>;
}

/** Users from the user directory, clients from the authorization server where there is one. */
export function loadersFrom(ports: HostPorts): PrincipalLoaders {
  return {
    user: ({ subjectId }) => ports.users.get().find(subjectId),
    client: async (clientId) =>
      ports.authorizationServer.filled ? ports.authorizationServer.get().findClient(clientId) : null,
  };
}
