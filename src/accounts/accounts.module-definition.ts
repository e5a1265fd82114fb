import { defineCapability } from '../common/capability.js';
import type { AccountsOptions } from './accounts.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: ACCOUNTS_OPTIONS } =
  defineCapability<AccountsOptions>('Accounts');
