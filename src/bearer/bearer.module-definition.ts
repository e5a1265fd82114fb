import { defineCapability } from '../common/capability.js';
import type { BearerOptions } from './bearer.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: BEARER_OPTIONS } =
  defineCapability<BearerOptions>('Bearer');
