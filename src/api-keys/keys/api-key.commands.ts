import type { ApiKeyOwner } from '../api-keys.options.js';
import type { Permissions } from '../../common/principal/permissions.js';
import type { NamedAgent } from './api-key.agent.js';
import type { ApiKeyPart } from './api-key.columns.js';

/** Fields that any caller may set; the ceilings of the configuration are checked where callers are not trusted. */
export interface ApiKeyFields extends Partial<ApiKeyPart<'setting'>> {
  /** Seconds from now; null: does not expire. */
  readonly expiresIn?: number | null;
  /** Instead of `expiresIn`. */
  readonly expiresAt?: Date | null;
}

/** Fields that only the server may set. */
export interface ServerApiKeyFields extends Partial<ApiKeyPart<'serverSetting'>> {}

/** Trusted: ceilings are not checked. A type of its own, so that no request body is passed on unchanged (CVE-2025-61928). */
export interface CreateApiKey extends ApiKeyFields, ServerApiKeyFields {
  readonly owner: ApiKeyOwner;
  /** Default `default`. */
  readonly configId?: string;
  /** The user who makes it. Default: none. */
  readonly createdBy?: string | null;
  /** Whom it is made for, if that is not the owner: a program that acts for them. Default: the owner. */
  readonly agent?: NamedAgent;
}

/** What a delegated key may do; at least one permission or scope. Not named means not granted. */
export interface DelegateApiKey {
  readonly agent: NamedAgent;
  /** Within those of the key that it is delegated from. */
  readonly permissions?: Permissions;
  /** Within those of the key that it is delegated from. */
  readonly scopes?: readonly string[];
  /** Seconds. Default: as long as the configuration allows; never longer than the key that it is delegated from. */
  readonly expiresIn?: number;
}

/** Trusted. Absent members stay as they are. */
export interface UpdateApiKey extends ApiKeyFields, ServerApiKeyFields {}

export interface RotateApiKey {
  /** Seconds for which the old key stays valid. Default: `rotationOverlap` of the configuration. */
  readonly overlap?: number;
}

export interface VerifyApiKey {
  readonly key: string;
  /** The key must be of this configuration. */
  readonly configId?: string;
  /** All of these must be granted. */
  readonly permissions?: Permissions;
  /** All of these must be granted. */
  readonly scopes?: readonly string[];
  /** Where the request came from. A key with an allow list is refused without it. */
  readonly address?: string | null;
}
