import type { HttpAdapterHost } from '@nestjs/core';

/** What we read of Fastify. */
interface Router {
  findRoute?(route: { readonly method: string; readonly url: string }): { readonly params?: object } | null;
}

/**
 * Whether the router takes a path by another one: with `ignoreTrailingSlash` Fastify holds both spellings for one, and refuses the second. A route
 * with a parameter that would take the path is another one.
 */
export function takesAlready(adapter: HttpAdapterHost['httpAdapter'], method: string, path: string): boolean {
  const found = adapter.getInstance<Router>().findRoute?.({ method: method.toUpperCase(), url: path });
  return found != null && Object.keys(found.params ?? {}).length === 0;
}
