import { ConfigurableModuleBuilder } from '@nestjs/common';
import { asCapability, CAPABILITY_EXTRAS } from '../common/capability.js';
import type { JwtOptions } from './jwt.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: JWT_OPTIONS } = new ConfigurableModuleBuilder<JwtOptions>(
  {
    moduleName: 'Jwt',
  },
)
  .setClassMethodName('forRoot')
  .setExtras(CAPABILITY_EXTRAS, asCapability)
  .build();
