import { defineCapability } from '../common/capability.js';
import type { JwtBearerOptions } from './jwt-bearer.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: JWT_BEARER_OPTIONS } =
  defineCapability<JwtBearerOptions>('JwtBearer');
