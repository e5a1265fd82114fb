export { ApiKeysModule } from './api-keys.module.js';
export type { KeyRefusal } from './api-keys.events.js';
export type {
  ApiKeyConfiguration,
  ApiKeyHooks,
  ApiKeyRateLimit,
  ApiKeysOptions,
  KeyAction,
  KeyHashAlgorithm,
  KeyOwner,
  KeyOwnerKind,
} from './api-keys.options.js';
export { ApiKeysService, type ApiKeyPage, type KeyScope } from './api-keys.service.js';
export { CurrentApiKey } from './current-api-key.decorator.js';
export type {
  CreateApiKey,
  KeyFields,
  RotateApiKey,
  ServerKeyFields,
  UpdateApiKey,
  VerifyApiKey,
} from './keys/api-key.commands.js';
export type { KeyFilter, KeyListing } from './keys/api-key.list.js';
export type { ApiKeyView, ApiKeyWithSecret } from './keys/api-key.view.js';
export type { Permissions } from './permissions.js';
export type { KeyVerdict, KeyVerdictError } from './verification/key-verification.js';
export type { CurrentKey } from './verification/verified-key.js';
