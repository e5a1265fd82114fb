import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { ResourceServerOptions } from './resource-server.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: RESOURCE_SERVER } =
  new ConfigurableModuleBuilder<ResourceServerOptions>({ moduleName: 'ResourceServer' })
    .setClassMethodName('forRoot')
    .build();
