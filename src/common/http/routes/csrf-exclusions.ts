import type { INestApplicationContext, RequestMethod, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ROUTE_PREFIX } from '../../options/core-options.js';
import { CROSS_SITE_KEY } from '../origins/request.guard.js';

/** A route in the form of Nest's `exclude`: without the host's global prefix, which Nest adds. */
export interface CsrfExclusion {
  readonly path: string;
  readonly method: RequestMethod;
}

/**
 * Routes of ours that other sites may post to, such as a provider's form_post callback, for the host's own CSRF protection:
 * `app.enableCsrfProtection({ exclude: authCsrfExclusions(app) })`. None of them trusts a cookie that comes with such a post; every other
 * route of ours checks the origin itself.
 *
 * @example
 * app.enableCsrfProtection({ exclude: authCsrfExclusions(app) });
 */
export function authCsrfExclusions(app: INestApplicationContext): CsrfExclusion[] {
  const prefix = app.get<string>(ROUTE_PREFIX);
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => (metatype ? exclusionsOf(metatype as Type, prefix) : []));
}

function exclusionsOf(controller: Type, prefix: string): CsrfExclusion[] {
  const handlers = Object.values(Object.getOwnPropertyDescriptors(controller.prototype as object));
  return handlers.flatMap(({ value: handler }: PropertyDescriptor) => {
    if (typeof handler !== 'function' || Reflect.getMetadata(CROSS_SITE_KEY, handler as object) !== true) return [];
    const method = Reflect.getMetadata('method', handler as object) as RequestMethod;
    const names = [Reflect.getMetadata('path', handler as object) as string | string[]].flat();
    return names.map((name) => {
      const parts = [prefix, Reflect.getMetadata('path', controller), name];
      const path = parts.map((part) => String(part).replaceAll(/^\/+|\/+$/g, '')).filter((part) => part !== '');
      return { path: `/${path.join('/')}`, method };
    });
  });
}
