import { RequestMethod, type INestApplication, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ApiExcludeEndpoint, ApiExtension, ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { AdministrationGuard } from '../common/guards/administration.js';
import { isDeclared, OWN_ROUTES_KEY, policyOf, type AuthPolicy } from '../common/http/routes/auth-policy.js';
import { descriptionOf, type RouteDescription } from '../common/http/routes/describe-route.js';
import { errorSchema } from './error-schemas.js';

/** Marks operations that need no credential; `setupAuthSwagger` replaces the mark by `security: []`. */
export const PUBLIC_EXTENSION = 'x-auth-public';
const DONE = 'nest-authority:described';

/** Sets swagger's metadata on every route that carries ours. Idempotent. */
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
    // `constructor` is the class itself, which carries a path too.
    if (name === 'constructor' || typeof handler !== 'function' || !Reflect.hasMetadata('path', handler)) continue;
    if (Reflect.hasOwnMetadata(DONE, handler)) continue;
    Reflect.defineMetadata(DONE, true, handler);
    const description = descriptionOf(handler);
    const policy = isDeclared(handler, controller) ? policyOf(handler, controller) : null;
    // On the class, where it replaces the tag that swagger makes from the class's name; on the method there would be two.
    if (description?.tag !== undefined) ApiTags(description.tag)(controller);
    const decorators = [
      ...securityOf(policy, Reflect.getMetadata(OWN_ROUTES_KEY, controller) === true),
      ...administrationOf(controller),
      ...successOf(description, handler, policy),
      ...errorsOf(description, policy),
    ];
    for (const decorate of decorators) decorate(prototype, name, descriptor!);
  }
}

/**
 * Several schemes on one route are alternatives: one security requirement each (OpenAPI: OR). A host's route that accepts bearer tokens
 * also accepts those of OAuth clients; our own routes serve the user only.
 */
function securityOf(policy: AuthPolicy | null, isOwn: boolean): MethodDecorator[] {
  if (!policy) return [];
  if (policy.isPublic) return [ApiExtension(PUBLIC_EXTENSION, true) as MethodDecorator];
  const schemes = [...policy.schemes.keys()].map((scheme) => ApiSecurity(scheme) as MethodDecorator);
  if (policy.schemes.has('bearer') && !isOwn)
    schemes.push(ApiSecurity('oauth2', [...policy.scopes]) as MethodDecorator);
  return policy.isOptional ? [...schemes, ApiSecurity({}) as MethodDecorator] : schemes;
}

/** The host's guard protects these routes. We do not know what it asks for, so we assume a bearer token; the host may describe it otherwise. */
function administrationOf(controller: Type): MethodDecorator[] {
  const guards = (Reflect.getMetadata('__guards__', controller) as unknown[] | undefined) ?? [];
  return guards.includes(AdministrationGuard) ? [ApiSecurity('administration') as MethodDecorator] : [];
}

function successOf(
  description: RouteDescription | undefined,
  handler: Function,
  policy: AuthPolicy | null,
): MethodDecorator[] {
  if (description?.hidden) return [ApiExcludeEndpoint()];
  if (description) {
    const { summary, status = 200, response, description: text } = description;
    return [
      ApiOperation({ summary, ...(text !== undefined && { description: text }) }),
      ApiResponse({
        status,
        description: 'Done',
        ...(response && { standardSchema: response }),
      }) as MethodDecorator,
    ];
  }
  // Swagger documents the success of a route only while it has no other responses. Our error responses would hide it, so it is added.
  const known = Reflect.getMetadata('swagger/apiResponse', handler) as Record<string, unknown> | undefined;
  if (!policy || Object.keys(known ?? {}).length > 0) return [];
  const status = Reflect.getMetadata('__httpCode__', handler) as number | undefined;
  const isPost = Reflect.getMetadata('method', handler) === RequestMethod.POST;
  return [ApiResponse({ status: status ?? (isPost ? 201 : 200), description: '' }) as MethodDecorator];
}

function errorsOf(description: RouteDescription | undefined, policy: AuthPolicy | null): MethodDecorator[] {
  const shape = description?.shape ?? 'management';
  return Object.entries(errorTexts(description, policy)).map(
    ([status, text]) =>
      ApiResponse({
        status: Number(status),
        description: text,
        schema: errorSchema(shape, Number(status), text, policy !== null),
      }) as MethodDecorator,
  );
}

function errorTexts(description: RouteDescription | undefined, policy: AuthPolicy | null): Record<number, string> {
  const texts: Record<number, string> = {};
  if (description) {
    texts[400] = 'VALIDATION_ERROR';
    texts[503] = 'SERVICE_UNAVAILABLE: the database cannot answer; try again after `Retry-After` seconds';
  }
  if (policy && !policy.isPublic) texts[401] = 'UNAUTHORIZED: no credential, or one that is not good';
  const scopes = [...(policy?.scopes ?? []), ...(policy?.anyScope.map((group) => group.join(' or ')) ?? [])];
  if (scopes.length > 0) texts[403] = `INSUFFICIENT_SCOPE: needs ${scopes.join(', ')}`;
  for (const [status, text] of Object.entries(description?.errors ?? {})) {
    texts[Number(status)] = status === '400' ? `VALIDATION_ERROR, ${text}` : text;
  }
  return texts;
}
