import type { ApiKeyOwnerKind } from './api-keys.options.js';

/** Who and which; never the secret. */
interface KeyFacts {
  keyId: string;
  ownerKind: ApiKeyOwnerKind;
  ownerId: string;
  configId: string;
}

/** Why a presented key was refused. Strangers get one answer for all of them. */
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
    'api-key.updated': KeyFacts & { changed: readonly string[] };
    'api-key.rotated': KeyFacts & { successorId: string; overlapSeconds: number };
    'api-key.revoked': KeyFacts & { reason: string };
    'api-key.deleted': KeyFacts;
    /** All keys of an owner ended with them. */
    'api-key.owner-ended': { ownerKind: ApiKeyOwnerKind; ownerId: string; keyIds: readonly string[]; reason: string };
    /** `keyId` is null when no key of ours was presented. */
    'api-key.verification-failed': { keyId: string | null; reason: ApiKeyRefusal };
    'api-key.limited': { keyId: string; limit: 'rate' | 'quota'; retryAfterSeconds: number | null };
  }
}
