import type { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { findContext } from '../request/request-context.js';

type Adapter = HttpAdapterHost['httpAdapter'];
type Next = (error?: unknown) => void;
type Handler = (request: IncomingMessage, response: ServerResponse, next: Next) => unknown;
/** Express's router: a function with the methods of its prototype. */
type ExpressRouter = Handler & Record<string, (...parameters: unknown[]) => unknown>;

/**
 * Our routes, in one layer of the host's Express, where the first of them would be. Express tries one layer after another: two hundred of
 * ours would cost each route of the host that comes later 15 microseconds. A path without parameters is looked up; the rest goes through a
 * router of the application's own kind. Fastify finds a route by a tree, whatever the number.
 */
export class OwnRouter {
  private readonly exact = new Map<string, Handler>();
  private readonly paths = new Set<string>();
  private isMounted = false;

  private constructor(
    private readonly adapter: Adapter,
    private readonly router: ExpressRouter,
  ) {}

  /** @returns null where the adapter is not Express, or an Express that we do not know */
  static on(adapter: Adapter): OwnRouter | null {
    if (adapter.getType() !== 'express') return null;
    const { router } = adapter.getInstance<{ router?: ExpressRouter }>();
    return typeof router?.['handle'] === 'function' ? new OwnRouter(adapter, likeRouter(router)) : null;
  }

  /** @param method a method of the adapter: `get`, `all` */
  add(method: string, path: string, handler: Handler): void {
    if (!this.isMounted) this.adapter.use((...parameters: Parameters<Handler>) => this.handle(...parameters));
    this.isMounted = true;
    this.paths.add(path);
    const key = `${method.toUpperCase()} ${path}`;
    // As in Express, the route that was added first wins.
    const isFirst = !this.exact.has(key) && !this.exact.has(`ALL ${path}`);
    if (!path.includes(':') && isFirst) this.exact.set(key, handler);
    this.router[method]!(path, handler);
  }

  has(path: string): boolean {
    return this.paths.has(path);
  }

  private handle(request: IncomingMessage, response: ServerResponse, next: Next): unknown {
    if (!findContext(request)?.ours) return next();
    const handler = this.exact.get(`${request.method} ${request.url!.split('?', 1)[0]}`);
    return handler ? handler(request, response, next) : this.router(request, response, next);
  }
}

/** Express has no way to make a router from an application, only by its own module, which is the host's. */
function likeRouter(outer: ExpressRouter): ExpressRouter {
  const inner: ExpressRouter = Object.setPrototypeOf(
    (...parameters: Parameters<Handler>) => inner['handle']!(...parameters),
    Object.getPrototypeOf(outer) as object,
  ) as ExpressRouter;
  const { caseSensitive, strict } = outer;
  return Object.assign(inner, { caseSensitive, strict, params: {}, stack: [] });
}
