import { CROSS_SITE_KEY } from '../common/http/origins/request.guard.js';
import type { RouteDescription } from '../common/http/routes/describe-route.js';
import { answersOf } from './answers.js';
import type { Operation } from './marked-routes.js';
import type { OwnSchemas } from './own-schemas.js';
import { parametersOf, requestBodyOf } from './request-parts.js';
import type { Route } from './routes.js';
import { policyOfRoute, requirementsOf } from './security.js';

/** A route of ours at one of its addresses. */
export interface OwnRoute extends Route {
  readonly description: RouteDescription;
  readonly method: string;
  readonly path: string;
}

/** Where else a route answers, as its description tells it. */
export interface Alias {
  readonly method: string;
  readonly path: string;
}

/** The entry of one of our routes, made from what guards, parses and answers it. */
export function ownOperation(route: OwnRoute, aliases: readonly Alias[], schemas: OwnSchemas): Operation {
  const { description, method, path } = route;
  const policy = policyOfRoute(route, false);
  const requirements = requirementsOf(route, policy) ?? [];
  const parameters = parametersOf(path, route, schemas);
  const requestBody = method === 'get' ? undefined : requestBodyOf(route, schemas);
  const takesBody = requestBody !== undefined;
  const checksOrigin = method !== 'get' && Reflect.getMetadata(CROSS_SITE_KEY, route.handler) !== true;
  return {
    operationId: description.id ?? `${route.controller.name}_${route.name}`,
    summary: description.summary,
    ...textOf(route, aliases),
    tags: [description.tag ?? 'OAuth'],
    ...(description.deprecated && { deprecated: true }),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody }),
    responses: answersOf({ description, policy, requirements, takesBody, checksOrigin }, schemas),
    security: requirements,
  };
}

function textOf(
  { description: { description }, method }: OwnRoute,
  aliases: readonly Alias[],
): { description?: string } {
  const names = aliases.map((alias) => {
    const verb = alias.method === method ? '' : `${alias.method.toUpperCase()} `;
    return `\`${verb}${alias.path}\``;
  });
  const also = names.length > 0 ? [`Also at ${names.join(', ')}.`] : [];
  const sentences = [...(description === undefined ? [] : [description]), ...also];
  return sentences.length > 0 ? { description: sentences.join('\n\n') } : {};
}
