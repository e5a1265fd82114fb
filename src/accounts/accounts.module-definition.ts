import { ConfigurableModuleBuilder } from '@nestjs/common';
import { asCapability, CAPABILITY_EXTRAS } from '../common/capability.js';
import type { AccountsOptions } from './accounts.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: ACCOUNTS_OPTIONS } =
  new ConfigurableModuleBuilder<AccountsOptions>({
    moduleName: 'Accounts',
  })
    .setClassMethodName('forRoot')
    .setExtras(CAPABILITY_EXTRAS, asCapability)
    .build();
