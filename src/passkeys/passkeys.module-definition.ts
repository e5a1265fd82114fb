import { defineCapability } from '../common/capability.js';
import type { PasskeysOptions } from './passkeys.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: PASSKEYS_OPTIONS } =
  defineCapability<PasskeysOptions>('Passkeys');
