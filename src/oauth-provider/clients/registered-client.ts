import type { Client } from '../../common/host/authorization-server.js';
import type { ClientMetadata, ClientPolicy } from './client-metadata.js';

export type ClientOrigin = 'options' | 'administration' | 'user' | 'initial_access_token' | 'open';

/** A client as this capability knows it: what grants see of it, and what it registered. Frozen; shared by requests. */
export interface RegisteredClient extends Client {
  readonly metadata: ClientMetadata;
  readonly policy: ClientPolicy;
  readonly registeredBy: ClientOrigin;
  readonly ownerId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
