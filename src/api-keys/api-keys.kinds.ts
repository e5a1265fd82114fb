import type { OptionKinds } from '../common/options/option-kinds.js';
import type { ApiKeyConfiguration, ApiKeyRateLimit, ApiKeysOptions } from './api-keys.options.js';

export const CONFIGURATION_KINDS: OptionKinds<ApiKeyConfiguration> = {
  prefix: 'text',
  keyLength: 'number',
  hashAlgorithm: 'text',
  earlierFormats: 'blocks',
  references: 'text',
  rateLimit: 'block',
  quota: 'block',
  maxPerOwner: 'number',
  expiresIn: 'duration',
  minExpiresIn: 'duration',
  maxExpiresIn: 'duration',
  requireName: 'flag',
  enableMetadata: 'flag',
  maxMetadataBytes: 'number',
  maxMetadataDepth: 'number',
  defaultPermissions: 'block',
  maxPermissions: 'block',
  defaultScopes: 'texts',
  maxScopes: 'texts',
  rotationOverlap: 'duration',
  maxRotationOverlap: 'duration',
};

export const BLOCK_KINDS: OptionKinds<ApiKeysOptions> = {
  ...CONFIGURATION_KINDS,
  configurations: 'blocks',
  apiKeyHeaders: ['text', 'texts'],
  enableSessionForAPIKeys: 'flag',
  usageInterval: 'duration',
  retention: 'duration',
  hooks: 'block',
};

export const RATE_LIMIT_KINDS: OptionKinds<ApiKeyRateLimit> = {
  enabled: 'flag',
  window: 'number',
  max: 'number',
  timeWindow: 'number',
  maxRequests: 'number',
};
