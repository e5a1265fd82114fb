import type { ExecutionContext, NestInterceptor, PipeTransform } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { OWN_ROUTES_KEY } from '../routes/auth-policy.js';
import { AuthContext } from '../../ports/auth-context.js';
import type { AuthErrorFilter } from './auth-error.filter.js';
import type { EdgeContext } from '../request/request-context.js';

/** Nest's wrapper of a request-scoped enhancer. */
interface RequestWrapper {
  getInstanceByContextId(...args: never[]): { instance: unknown } | undefined;
}

/**
 * Keeps this project and the host's global enhancers apart.
 * - Nest asks the filter that was added last first. Ours is added last, so that a catch-all of the host does not get our errors. It catches
 *   only what is ours, so the host's errors still reach the host's filter.
 * - Global pipes run before those of a controller, and would check, trim or refuse our bodies: they are skipped on our controllers.
 * - Global interceptors wrap, rename, cache or cut off bodies whose shape a standard fixes: they are skipped on our controllers too.
 */
export function standBesideGlobals(config: ApplicationConfig, filter: AuthErrorFilter): void {
  const filters = config.getGlobalFilters();
  // It was added before, for the handlers of messages.
  filters.splice(0, filters.length, ...filters.filter((one) => one !== filter), filter);
  replaceEach(config.getGlobalPipes(), sparingPipe);
  replaceEach(config.getGlobalInterceptors(), sparingInterceptor);
  replaceEach<RequestWrapper>(config.getGlobalRequestPipes(), (wrapper) => ofRequest(wrapper, sparingPipe));
  replaceEach<RequestWrapper>(config.getGlobalRequestInterceptors(), (wrapper) =>
    ofRequest(wrapper, sparingInterceptor),
  );
}

function replaceEach<T extends object>(list: T[], make: (one: T) => T): void {
  for (const [index, one] of list.entries()) list[index] = make(one);
}

function sparingPipe(pipe: PipeTransform): PipeTransform {
  const isOurs = () => (AuthContext.requestContext as EdgeContext | undefined)?.served === true;
  // Created from the pipe itself, so that `instanceof` still works on it.
  return Object.assign(Object.create(pipe) as PipeTransform, {
    transform: ((value, metadata) =>
      isOurs() ? value : pipe.transform(value, metadata)) as PipeTransform['transform'],
  });
}

function sparingInterceptor(interceptor: NestInterceptor): NestInterceptor {
  const isOurs = (context: ExecutionContext) => Reflect.getMetadata(OWN_ROUTES_KEY, context.getClass()) === true;
  return Object.assign(Object.create(interceptor) as NestInterceptor, {
    intercept: ((context, next) =>
      isOurs(context) ? next.handle() : interceptor.intercept(context, next)) as NestInterceptor['intercept'],
  });
}

function ofRequest<T extends PipeTransform | NestInterceptor>(
  wrapper: RequestWrapper,
  sparing: (one: T) => T,
): RequestWrapper {
  return Object.assign(Object.create(wrapper) as RequestWrapper, {
    getInstanceByContextId: (...args: never[]) => {
      const found = wrapper.getInstanceByContextId(...args);
      // The instance exists once its constructor has run; before that Nest holds a placeholder.
      return found?.instance
        ? Object.assign(Object.create(found) as typeof found, { instance: sparing(found.instance as T) })
        : found;
    },
  });
}
