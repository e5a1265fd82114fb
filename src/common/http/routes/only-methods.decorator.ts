import { applyDecorators, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import { AuthError } from '../../errors/auth-error.js';
import { DescribeRoute } from './describe-route.js';
import { CrossSite } from '../origins/request.guard.js';

const ONLY_METHODS = 'nest-authority:only-methods';
const REFUSABLE = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

interface Only {
  readonly methods: string;
  readonly paths: readonly string[];
}

/**
 * Declares all methods of an address: a client that uses another one is told which there are (RFC 9110 15.5.6, T007). Without it, a method
 * without a handler is 404.
 * @param methods as in `Allow`, e.g. `GET, HEAD, POST`
 * @param paths relative to the route prefix
 */
export const OnlyMethods = (methods: string, paths: readonly string[]) =>
  SetMetadata<string, Only>(ONLY_METHODS, { methods, paths });

export function onlyMethodsOf(handler: object): Only | undefined {
  return Reflect.getMetadata(ONLY_METHODS, handler) as Only | undefined;
}

/** Adds handlers to a controller that refuse the methods its addresses do not have. They read no credential and trust no cookie. */
export function RefuseOtherMethods(): ClassDecorator {
  return ({ prototype }) => {
    for (const { value: handler } of Object.values(Object.getOwnPropertyDescriptors(prototype as object))) {
      const only = typeof handler === 'function' && onlyMethodsOf(handler as object);
      if (!only) continue;
      for (const method of REFUSABLE)
        if (!only.methods.split(', ').includes(method)) refuse(prototype as object, method, only);
    }
  };
}

/** One refusal for all handlers of an address, under the address's first name. */
function refuse(prototype: object, method: (typeof REFUSABLE)[number], { methods, paths }: Only): void {
  const name = `${method} ${paths[0]}`;
  const refusal = (): never => {
    throw AuthError.methodNotAllowed(methods);
  };
  const descriptor = { value: refusal, configurable: true };
  Object.defineProperty(prototype, name, descriptor);
  applyDecorators(
    RequestMapping({ method: RequestMethod[method], path: [...paths] }),
    DescribeRoute({ summary: '405', hidden: true }),
    ...(method === 'GET' ? [] : [CrossSite()]),
  )(prototype, name, descriptor);
}
