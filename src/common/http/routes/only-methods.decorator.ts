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
 * Says which methods an address has: a client that uses another is told which (RFC 9110 15.5.6, T007). Without it, what nobody handles is 404.
 * @param methods as in `Allow`, e.g. `GET, HEAD, POST`
 * @param paths relative to the route prefix
 */
export const OnlyMethods = (methods: string, paths: readonly string[]) =>
  SetMetadata<string, Only>(ONLY_METHODS, { methods, paths });

export function onlyMethodsOf(handler: object): Only | undefined {
  return Reflect.getMetadata(ONLY_METHODS, handler) as Only | undefined;
}

/** Gives a controller what refuses the methods that its addresses do not have. It looks at no credential and trusts no cookie. */
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

/** Once for all handlers of an address: they have it under one name. */
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
