export { ApiKeysModule } from './api-keys.module.js';
export type { ApiKeyRefusal } from './api-keys.events.js';
export type {
  ApiKeyConfiguration,
  ApiKeyDelegation,
  ApiKeyHooks,
  ApiKeyRateLimit,
  ApiKeysOptions,
  ApiKeyAction,
  ApiKeyHashAlgorithm,
  ApiKeyOwner,
  ApiKeyOwnerKind,
  NamedOwner,
} from './api-keys.options.js';
export { ApiKeysService, type ApiKeyPage } from './management/api-keys.service.js';
export type { KeyConditions } from './management/key-conditions.js';
export { CurrentApiKey } from './current-api-key.decorator.js';
export type {
  CreateApiKey,
  DelegateApiKey,
  ApiKeyFields,
  RotateApiKey,
  ServerApiKeyFields,
  UpdateApiKey,
  VerifyApiKey,
} from './keys/api-key.commands.js';
export type { ApiKeyAgent, NamedAgent } from './keys/api-key.agent.js';
export type { ApiKeyFilter, ApiKeyListing } from './keys/api-key.list.js';
export type { ApiKeyView, ApiKeyWithSecret } from './keys/api-key.view.js';
export type { Permissions } from '../common/principal/permissions.js';
export type { ApiKeyVerification, ApiKeyVerificationError } from './verification/api-key-verification.service.js';
export type { AuthenticatedApiKey } from './verification/api-key.state.js';
