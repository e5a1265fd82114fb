import { ConfigurableModuleBuilder } from '@nestjs/common';
import { asCapability, CAPABILITY_EXTRAS } from '../common/capability.js';
import type { ClientCredentialsOptions } from './client-credentials.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: CLIENT_CREDENTIALS_OPTIONS } =
  new ConfigurableModuleBuilder<ClientCredentialsOptions>({ moduleName: 'ClientCredentials' })
    .setClassMethodName('forRoot')
    .setExtras(CAPABILITY_EXTRAS, asCapability)
    .build();
