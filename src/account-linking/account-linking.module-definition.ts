import { defineCapability } from '../common/capability.js';
import type { AccountLinkingOptions } from './account-linking.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: ACCOUNT_LINKING_OPTIONS } =
  defineCapability<AccountLinkingOptions>('AccountLinking');
