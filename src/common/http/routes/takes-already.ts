import type { HttpAdapterHost } from '@nestjs/core';

/** What we read of Fastify. */
interface Router {
  hasRoute?(route: { readonly method: string; readonly url: string }): boolean;
}

/** Whether the router takes a path by another one: with `ignoreTrailingSlash` Fastify holds both spellings for one, and refuses the second. */
export function takesAlready(adapter: HttpAdapterHost['httpAdapter'], method: string, path: string): boolean {
  const router = adapter.getInstance<Router>();
  return typeof router.hasRoute === 'function' && router.hasRoute({ method: method.toUpperCase(), url: path });
}
