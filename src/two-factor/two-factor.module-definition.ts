import { defineCapability } from '../common/capability.js';
import type { TwoFactorOptions } from './two-factor.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: TWO_FACTOR_OPTIONS } =
  defineCapability<TwoFactorOptions>('TwoFactor');
