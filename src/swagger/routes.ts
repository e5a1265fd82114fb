import type { INestApplication, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { z } from 'zod';
import { OWN_ROUTES_KEY } from '../common/http/routes/auth-policy.js';
import { descriptionOf, type RouteDescription } from '../common/http/routes/describe-route.js';

/** A handler of a controller, ours or the host's. */
export interface Route {
  readonly controller: Type;
  readonly handler: Function;
  readonly name: string;
  /** Ours, unless undefined. */
  readonly description: RouteDescription | undefined;
}

/** What Nest keeps of the arguments of handlers, by its numbers for `@Body`, `@Query` and `@Param`. */
const ARGUMENTS = '__routeArguments__';
const KINDS = { body: 3, query: 4, path: 5 } as const;

interface Argument {
  readonly data?: unknown;
  readonly schema?: z.ZodType;
}

/** All routes of an application, also those that a controller inherits. */
export function routesOf(app: INestApplication): Route[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype }) => (metatype ? [metatype as Type] : [])),
  );
  return [...new Set(controllers)].flatMap(routesOfController);
}

function routesOfController(controller: Type): Route[] {
  const routes = new Map<string, Route>();
  const isOwn = isOwnController(controller);
  for (let level = controller.prototype as object; level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const [name, { value: handler }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      // `constructor` is the class itself, which carries a path too.
      if (name === 'constructor' || typeof handler !== 'function' || routes.has(name)) continue;
      if (!Reflect.hasMetadata('path', handler as object)) continue;
      const description = isOwn ? (descriptionOf(handler as object) ?? { summary: '', hidden: true }) : undefined;
      routes.set(name, { controller, handler: handler as Function, name, description });
    }
  }
  return [...routes.values()];
}

export function isOwnController(controller: Type): boolean {
  return Reflect.getMetadata(OWN_ROUTES_KEY, controller) === true;
}

/** The schema by which Nest parses a whole body or query, before the handler is called. */
export function boundSchema({ controller, name }: Route, kind: keyof typeof KINDS): z.ZodType | undefined {
  return argumentsOf(controller, name, kind).find(({ schema }) => schema !== undefined)?.schema;
}

/** Whether the handler is given a body or a query. */
export function reads({ controller, name }: Route, kind: keyof typeof KINDS): boolean {
  return argumentsOf(controller, name, kind).length > 0;
}

function argumentsOf(controller: Type, name: string, kind: keyof typeof KINDS): Argument[] {
  const all = (Reflect.getMetadata(ARGUMENTS, controller, name) ?? {}) as Record<string, Argument>;
  return Object.entries(all).flatMap(([key, argument]) => (key.startsWith(`${KINDS[kind]}:`) ? [argument] : []));
}

/** Guards of a route: class and method. */
export function guardsOf({ controller, handler }: Route): unknown[] {
  return [controller, handler].flatMap(
    (target) => (Reflect.getMetadata('__guards__', target) as unknown[] | undefined) ?? [],
  );
}
