import type { OAuthClientChange, OAuthClientInput } from './oauth-clients.service.js';
import type { AdminCreateClientBody, AdminUpdateClientBody } from './client.schemas.js';
import type { z } from 'zod';

/** Splits a validated body into metadata (RFC 7591) and what administration sets. */
export function toClientInput(body: z.infer<typeof AdminCreateClientBody>): OAuthClientInput {
  const { ownerId, ...change } = body;
  return { ...toClientChange(change), metadata: toClientChange(change).metadata ?? {}, ownerId: ownerId ?? null };
}

export function toClientChange({ policy, ...metadata }: z.infer<typeof AdminUpdateClientBody>): OAuthClientChange {
  return { metadata, ...(policy && { policy: policy as NonNullable<OAuthClientChange['policy']> }) };
}
