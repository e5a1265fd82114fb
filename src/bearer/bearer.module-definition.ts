import { ConfigurableModuleBuilder } from '@nestjs/common';
import { asCapability, CAPABILITY_EXTRAS } from '../common/capability.js';
import type { BearerOptions } from './bearer.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: BEARER_OPTIONS } =
  new ConfigurableModuleBuilder<BearerOptions>({
    moduleName: 'Bearer',
  })
    .setClassMethodName('forRoot')
    .setExtras(CAPABILITY_EXTRAS, asCapability)
    .build();
