import type { INestApplication, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ApiExcludeEndpoint, ApiExtension, ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { isDeclared, policyOf, type AuthPolicy } from '../common/guards/auth-policy.js';
import { ROUTE_DESCRIPTION, type RouteDescription } from '../common/http/describe-route.js';
import { errorSchema } from './error-schemas.js';

/** Marks operations that need no credential, until `setupAuthSwagger` makes `security: []` of it. */
export const PUBLIC_EXTENSION = 'x-auth-public';
const DONE = 'nest-authority:described';

/** Puts swagger's metadata on every route that ours speaks about. Idempotent. */
export function describeRoutes(app: INestApplication): void {
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) if (metatype) describeController(metatype as Type);
  }
}

function describeController(controller: Type): void {
  const prototype = controller.prototype as Record<string, unknown>;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    const handler = descriptor?.value as Function | undefined;
    if (typeof handler !== 'function' || !Reflect.hasMetadata('path', handler) || Reflect.hasOwnMetadata(DONE, handler))
      continue;
    Reflect.defineMetadata(DONE, true, handler);
    for (const decorate of decoratorsFor(handler, controller)) decorate(prototype, name, descriptor!);
  }
}

function decoratorsFor(handler: Function, controller: Type): MethodDecorator[] {
  const description = Reflect.getMetadata(ROUTE_DESCRIPTION, handler) as RouteDescription | undefined;
  if (description?.hidden) return [ApiExcludeEndpoint()];
  const policy = isDeclared(handler, controller) ? policyOf(handler, controller) : null;
  return [
    ...(policy ? securityOf(policy) : []),
    ...(description ? textOf(description) : []),
    ...errorsOf(description, policy),
  ];
}

/** Several schemes on one route are alternatives: one security requirement each (OpenAPI: OR). */
function securityOf(policy: AuthPolicy): MethodDecorator[] {
  if (policy.isPublic) return [ApiExtension(PUBLIC_EXTENSION, true) as MethodDecorator];
  const schemes = [...policy.schemes.keys()].map((scheme) => ApiSecurity(scheme) as MethodDecorator);
  return policy.isOptional ? [...schemes, ApiSecurity({}) as MethodDecorator] : schemes;
}

function textOf(description: RouteDescription): MethodDecorator[] {
  const { tag, summary, status = 200, response } = description;
  return [
    ApiTags(tag) as MethodDecorator,
    ApiOperation({ summary, ...(description.description !== undefined && { description: description.description }) }),
    ApiResponse({ status, description: 'Done', ...(response && { standardSchema: response }) }) as MethodDecorator,
  ];
}

function errorsOf(description: RouteDescription | undefined, policy: AuthPolicy | null): MethodDecorator[] {
  const texts: Record<number, string> = {};
  if (description)
    Object.assign(texts, {
      400: 'VALIDATION_ERROR',
      503: 'SERVICE_UNAVAILABLE: the database cannot answer; come back after `Retry-After` seconds',
    });
  if (policy && !policy.isPublic) texts[401] = 'No credential, or one that is not good';
  const scopes = [...(policy?.scopes ?? []), ...(policy?.anyScope.map((group) => group.join(' or ')) ?? [])];
  if (scopes.length > 0) texts[403] = `insufficient_scope: needs ${scopes.join(', ')}`;
  for (const [status, text] of Object.entries(description?.errors ?? {})) {
    texts[Number(status)] = status === '400' ? `VALIDATION_ERROR, ${text}` : text;
  }
  return Object.entries(texts).map(
    ([status, text]) =>
      ApiResponse({
        status: Number(status),
        description: text,
        schema: errorSchema(description?.shape ?? 'management'),
      }) as MethodDecorator,
  );
}
