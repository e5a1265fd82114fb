import { ConfigurableModuleBuilder } from '@nestjs/common';
import { asCapability, CAPABILITY_EXTRAS } from '../common/capability.js';
import type { ApiKeysOptions } from './api-keys.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: API_KEYS_OPTIONS } =
  new ConfigurableModuleBuilder<ApiKeysOptions>({ moduleName: 'ApiKeys' })
    .setClassMethodName('forRoot')
    .setExtras(CAPABILITY_EXTRAS, asCapability)
    .build();
