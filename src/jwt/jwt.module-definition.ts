import { defineCapability } from '../common/capability.js';
import type { JwtOptions } from './jwt.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: JWT_OPTIONS } = defineCapability<JwtOptions>('Jwt');
