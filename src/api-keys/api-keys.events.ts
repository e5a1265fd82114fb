import type { ApiKeyOwnerKind } from './api-keys.options.js';

/** The key and its owner; never the secret. */
interface KeyFacts {
  keyId: string;
  ownerKind: ApiKeyOwnerKind;
  ownerId: string;
  configId: string;
  /** Of a key that was made for an agent. */
  agentId?: string;
}

/** Why a presented key was refused. Callers of a guarded route cannot tell the reasons for a 401 apart. */
export type ApiKeyRefusal =
  | 'malformed'
  | 'unknown'
  | 'disabled'
  | 'expired'
  | 'revoked'
  | 'wrong_configuration'
  | 'address'
  | 'permissions'
  | 'scopes';

declare module '../common/events/auth-events.js' {
  interface AuthEventMap {
    'api-key.created': KeyFacts & { createdBy: string | null };
    'api-key.delegated': KeyFacts & { delegatedFrom: string };
    'api-key.updated': KeyFacts & { changed: readonly string[] };
    'api-key.rotated': KeyFacts & { successorId: string; overlapSeconds: number };
    'api-key.revoked': KeyFacts & { reason: string };
    'api-key.deleted': KeyFacts;
    /** The owner was disabled or forgotten, and all their keys ended too. */
    'api-key.owner-ended': { ownerKind: ApiKeyOwnerKind; ownerId: string; keyIds: readonly string[]; reason: string };
    /** `keyId` is null when what was presented is not one of our keys. */
    'api-key.verification-failed': { keyId: string | null; reason: ApiKeyRefusal };
    'api-key.limited': { keyId: string; limit: 'rate' | 'quota'; retryAfterSeconds: number | null };
  }
}
