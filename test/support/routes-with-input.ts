import { RequestMethod, type INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

/** A route that takes something from its caller: members of a body, of a form or of a query. */
export interface RouteWithInput {
  readonly method: 'GET' | 'POST';
  /** Below the prefix, without a slash in front. */
  readonly route: string;
  readonly members: readonly string[];
}

interface Argument {
  readonly schema?: { readonly shape?: Readonly<Record<string, unknown>>; readonly def?: { readonly shape?: object } };
}

/** Every route of an application whose input has a schema, hidden ones too, in the order of their addresses. */
export function routesWithInput(app: INestApplication): RouteWithInput[] {
  const routes = [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype }) => routesOf(metatype as Controller)),
  );
  return routes.sort((a, b) => `${a.route} ${a.method}`.localeCompare(`${b.route} ${b.method}`));
}

type Controller = { readonly prototype: Readonly<Record<string, object>> };

function routesOf(controller: Controller): RouteWithInput[] {
  const prefix = pathsOf(controller)[0] ?? '';
  return Object.getOwnPropertyNames(controller.prototype).flatMap((name): RouteWithInput[] => {
    const handler = controller.prototype[name]!;
    const method = Reflect.getMetadata('method', handler) as RequestMethod | undefined;
    const input = inputOf(controller, name);
    if (input.length === 0 || (method !== RequestMethod.GET && method !== RequestMethod.POST)) return [];
    return pathsOf(handler).map((path) => ({
      method: method === RequestMethod.GET ? ('GET' as const) : ('POST' as const),
      route: [prefix, path]
        .flatMap((part) => part.split('/'))
        .filter(Boolean)
        .join('/'),
      members: input,
    }));
  });
}

function pathsOf(target: object): string[] {
  return [(Reflect.getMetadata('path', target) as string | string[] | undefined) ?? []].flat();
}

function inputOf(controller: Controller, name: string): string[] {
  const known = (Reflect.getMetadata('__routeArguments__', controller, name) ?? {}) as Readonly<
    Record<string, Argument>
  >;
  return Object.values(known).flatMap(({ schema }) => Object.keys(schema?.shape ?? schema?.def?.shape ?? {}));
}
