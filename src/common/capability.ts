import type { DynamicModule } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { CommonModule } from './common.module.js';
import { DEFAULT_ROUTE_PREFIX, type AuthStaticOptions } from './options/core-options.js';
import { normalisePrefix } from './auth-core.module.js';

/** Extras of every capability's module definition: what Nest must know before async factories run. */
export const CAPABILITY_EXTRAS: AuthStaticOptions = { routes: { prefix: DEFAULT_ROUTE_PREFIX } };

/** Completes a capability's dynamic module: the kernel, and its controllers under the route prefix. */
export function asCapability(definition: DynamicModule, extras: AuthStaticOptions): DynamicModule {
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
