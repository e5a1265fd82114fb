import type { ApiKeyRow } from './api-key.columns.js';

/** What events say of every key. */
export function factsOf({ id, ownerKind, referenceId, configId, agent }: ApiKeyRow) {
  return { keyId: id, ownerKind, ownerId: referenceId, configId, ...(agent && { agentId: agent.id }) };
}
