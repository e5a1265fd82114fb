import type { Client } from '../../../common/ports/authorization-server.js';
import type { ClientMetadata, ClientPolicy } from './client-metadata.js';

export type ClientOrigin = 'options' | 'administration' | 'user' | 'initial_access_token' | 'open';

/** Whom nobody of this house has entered: it said itself who it is and where it lives (RFC 7591). */
export function registeredItself({ registeredBy }: Pick<RegisteredClient, 'registeredBy'>): boolean {
  return registeredBy !== 'options' && registeredBy !== 'administration';
}

/** A client as this capability knows it: what grants see of it, and what it registered. Frozen; shared by requests. */
export interface RegisteredClient extends Client {
  readonly metadata: ClientMetadata;
  readonly policy: ClientPolicy;
  readonly registeredBy: ClientOrigin;
  readonly ownerId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
