import { defineCapability } from '../common/capability.js';
import type { ApiKeysOptions } from './api-keys.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: API_KEYS_OPTIONS } =
  defineCapability<ApiKeysOptions>('ApiKeys');
