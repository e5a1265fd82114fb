import type { HttpAdapterHost } from '@nestjs/core';
import 'reflect-metadata';
import { OwnRouter } from './own-router.js';

type Adapter = HttpAdapterHost['httpAdapter'];

const PATTERNS_KEY = 'nest-authority:patterns';
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'all', 'head', 'options'] as const;

/**
 * Marks the handlers of a controller of ours with their patterns, relative to the route prefix. Nest passes the handlers, with the marks,
 * to the router.
 */
export function MarkRoutes(controllerPath: string): ClassDecorator {
  return (controller) => {
    for (const { value: handler } of Object.values(Object.getOwnPropertyDescriptors(controller.prototype as object))) {
      if (typeof handler !== 'function') continue;
      const names = Reflect.getMetadata('path', handler as object) as string | string[] | undefined;
      if (names === undefined) continue;
      const patterns = [names].flat().map((name) => joined(controllerPath, name));
      Reflect.defineMetadata(PATTERNS_KEY, patterns, handler as object);
    }
  };
}

/** A route of ours as it is in the router. */
export interface MountedRoute {
  readonly method: string;
  /** Relative to the route prefix, e.g. `/oauth2/register/:clientId`. */
  readonly pattern: string;
  readonly path: string;
  /** Carries the metadata of the controller's method. */
  readonly handler: object;
}

/** Where our routes are in the router: recorded while Nest registers them, since global prefix, exclusions and modules move them. */
export class MountedRoutes {
  /** By method and pattern. */
  private readonly routes = new Map<string, MountedRoute>();
  /** The paths before the patterns, e.g. `/v1/api/auth`; more than one where the host has moved some of the routes. */
  readonly bases: string[] = [];

  get all(): readonly MountedRoute[] {
    return [...this.routes.values()];
  }

  /** Call it before Nest registers routes. */
  watch(adapter: Adapter): void {
    const router = adapter as unknown as Record<string, (...args: unknown[]) => unknown>;
    const own = OwnRouter.on(adapter);
    for (const method of METHODS) {
      const register = router[method]?.bind(adapter);
      if (!register) continue;
      router[method] = (...args: unknown[]) => {
        const [path, handler] = [args[0], args.at(-1)];
        const isOurs = this.note(method.toUpperCase(), path, handler);
        // A router answers OPTIONS itself where it has the path: the preflight belongs beside the route.
        const isPreflight = method === 'options' && own?.has(path as string) === true;
        return own && (isOurs || isPreflight) ? own.add(method, path as string, handler as never) : register(...args);
      };
    }
  }

  /** @param route relative to the prefix; its parameters may be filled in. @returns undefined when the router does not have it */
  find(route: string, method: string): string | undefined {
    const known = this.routes.get(`${method} ${route}`) ?? this.routes.get(`ALL ${route}`);
    return known?.path ?? this.fill(route, method);
  }

  /** @returns whether it is a route of ours */
  private note(method: string, path: unknown, handler: unknown): boolean {
    if (typeof path !== 'string' || typeof handler !== 'function') return false;
    const patterns = (Reflect.getMetadata(PATTERNS_KEY, handler) as string[] | undefined) ?? [];
    const pattern = patterns.filter((one) => path.endsWith(one)).sort((a, b) => b.length - a.length)[0];
    if (pattern === undefined) return false;
    const key = `${method} ${pattern}`;
    if (!this.routes.has(key)) this.routes.set(key, { method, pattern, path, handler });
    const base = path.slice(0, path.length - pattern.length);
    if (!this.bases.includes(base)) this.bases.push(base);
    return true;
  }

  /** The path of a route whose pattern has parameters. */
  private fill(route: string, method: string): string | undefined {
    const segments = route.split('/');
    for (const { method: itsMethod, pattern, path } of this.routes.values()) {
      const its = pattern.split('/');
      const fits = (segment: string, index: number) => segment === segments[index] || segment.startsWith(':');
      if (itsMethod === method && its.length === segments.length && its.every(fits))
        return path.slice(0, path.length - pattern.length) + route;
    }
    return undefined;
  }
}

function joined(...parts: readonly string[]): string {
  const segments = parts.flatMap((part) => part.split('/')).filter((segment) => segment !== '');
  return segments.map((segment) => `/${segment}`).join('');
}
