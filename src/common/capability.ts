import { ConfigurableModuleBuilder, type DynamicModule } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { CommonModule } from './common.module.js';
import { DEFAULT_ROUTE_PREFIX, type AuthStaticOptions } from './options/core-options.js';
import { normalisePrefix } from './auth-core.module.js';

/** Options of every capability that Nest must know before async factories run. */
const EXTRAS: AuthStaticOptions = { routes: { prefix: DEFAULT_ROUTE_PREFIX } };

/**
 * The base class of a capability's module: has `forRoot(options?)` and `forRootAsync`, imports the kernel, and mounts its controllers
 * under the route prefix. The options are provided under `MODULE_OPTIONS_TOKEN`.
 */
export function defineCapability<Options extends object>(moduleName: string) {
  const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<Options>({ moduleName })
    .setClassMethodName('forRoot')
    .setExtras(EXTRAS, asCapability)
    .build();
  const { forRoot } = ConfigurableModuleClass;
  // Nest's `forRoot` requires an object; ours may be called without one, since every option has a default.
  ConfigurableModuleClass.forRoot = function (options) {
    return forRoot.call(this, options ?? ({} as Options));
  };
  type WithoutOptions = { forRoot(options?: Options & AuthStaticOptions): DynamicModule };
  return {
    ConfigurableModuleClass: ConfigurableModuleClass as typeof ConfigurableModuleClass & WithoutOptions,
    MODULE_OPTIONS_TOKEN,
  };
}

function asCapability(definition: DynamicModule, extras: AuthStaticOptions): DynamicModule {
  const prefix = normalisePrefix(extras.routes?.prefix ?? DEFAULT_ROUTE_PREFIX);
  return {
    ...definition,
    imports: [
      CommonModule,
      RouterModule.register([{ path: prefix, module: definition.module }]),
      ...(definition.imports ?? []),
    ],
  };
}
