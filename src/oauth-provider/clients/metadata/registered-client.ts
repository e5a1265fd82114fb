import type { Client } from '../../../common/ports/authorization-server.js';
import type { ClientRules } from './client-rules.js';
import type { ClientMetadata, ClientPolicy } from './client-metadata.js';

export type ClientOrigin = 'options' | 'administration' | 'user' | 'initial_access_token' | 'open' | 'document';

/** Whether the client came by registration (RFC 7591): nobody here vouches for what it says of itself. */
export function registeredItself({ registeredBy }: Pick<RegisteredClient, 'registeredBy'>): boolean {
  return registeredBy !== 'options' && registeredBy !== 'administration';
}

/** A client as this capability knows it: what grants see of it, and what it registered. Frozen, since requests share it. */
export interface RegisteredClient extends Client {
  readonly metadata: ClientMetadata;
  readonly policy: ClientPolicy;
  /** What holds for it, all told. */
  readonly rules: ClientRules;
  readonly registeredBy: ClientOrigin;
  readonly ownerId: string | null;
  /** Rises each time the client ends; tokens of an earlier epoch are worth nothing (T107). */
  readonly epoch: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
