import type { INestApplication } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { SwaggerModule, type OpenAPIObject, type SwaggerDocumentOptions } from '@nestjs/swagger';
import { GuardServices } from '../common/guards/guard-services.js';
import { AuthCookies } from '../common/http/request/cookies.js';
import { completeFrame } from './document-frame.js';
import { completeHostOperation } from './host-operations.js';
import { MarkedRoutes, type Operation } from './marked-routes.js';
import { issuersToken, oauth2Scheme } from './oauth2-scheme.js';
import { ownOperation, type Alias, type OwnRoute } from './own-operations.js';
import { OwnSchemas } from './own-schemas.js';
import { boundSchema, routesOf, type Route } from './routes.js';
import { isAuthGuard, SECURITY_SCHEMES, type Requirement } from './security.js';

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/**
 * Makes the API document (OpenAPI 3.1) of an application, as `SwaggerModule.createDocument` does. All our routes are in it, made from the
 * schemas that parse, with their security, error answers and headers; so is what our guard asks of the host's own routes, also as `APP_GUARD`.
 *
 * @example
 * const document = createAuthDocument(app, new DocumentBuilder().setTitle('Reports').build());
 * SwaggerModule.setup('docs', app, document);
 */
export function createAuthDocument(
  app: INestApplication,
  config: Omit<OpenAPIObject, 'paths'>,
  options: SwaggerDocumentOptions = {},
): OpenAPIObject {
  const routes = routesOf(app);
  const marked = new MarkedRoutes(routes, options.operationIdFactory);
  const document = (() => {
    try {
      return SwaggerModule.createDocument(
        app,
        { ...config, openapi: '3.1.0' },
        { ...options, operationIdFactory: marked.idFactory, standardSchemaConverter: converterFor(routes, options) },
      );
    } finally {
      marked.restore();
    }
  })();
  const schemas = new OwnSchemas(new Set(Object.keys(document.components?.schemas ?? {})));
  document.paths = pathsOf(app, document, marked, schemas);
  document.components = { ...document.components, schemas: schemas.addedTo(document.components?.schemas) };
  const oauth2 = oauth2Scheme(app);
  if (oauth2) document.components.securitySchemes = { oauth2, ...document.components.securitySchemes };
  setupAuthSwagger(document);
  nameCredentials(app, document);
  completeFrame(app, document);
  return document;
}

/**
 * Completes a document: describes the schemes that its operations name.
 *
 * @example
 * const made = SwaggerModule.createDocument(app, new DocumentBuilder().build());
 * SwaggerModule.setup('docs', app, setupAuthSwagger(made));
 */
export function setupAuthSwagger(document: OpenAPIObject): OpenAPIObject {
  const used = new Set<string>();
  const given = document.components?.securitySchemes ?? {};
  for (const { operation } of operationsOf(document.paths)) {
    const requirements = operation['security'] as Requirement[] | undefined;
    if (!requirements) continue;
    // Without an authorization server nothing issues tokens for this scheme.
    operation['security'] = requirements.filter((one) => given['oauth2'] !== undefined || !('oauth2' in one));
    for (const requirement of requirements) for (const name of Object.keys(requirement)) used.add(name);
  }
  const schemes = Object.entries(SECURITY_SCHEMES).filter(([name]) => used.has(name));
  document.components ??= {};
  const described = { ...structuredClone(Object.fromEntries(schemes)), ...given };
  // The first is the first box that people see: to sign in here beats to bring a token.
  const { oauth2, ...others } = described;
  document.components.securitySchemes = { ...(oauth2 && { oauth2 }), ...others };
  return document;
}

function* operationsOf(
  paths: OpenAPIObject['paths'],
): Generator<{ path: string; method: string; operation: Operation }> {
  for (const [path, item] of Object.entries(paths))
    for (const [method, operation] of Object.entries(item))
      if (METHODS.has(method)) yield { path, method, operation: operation as Operation };
}

/** One entry for each route: ours made anew, without their further names; the host's completed. */
function pathsOf(app: INestApplication, document: OpenAPIObject, marked: MarkedRoutes, schemas: OwnSchemas) {
  const { paths: made, security = [] } = document;
  const guards = globalGuardsOf(app);
  // Security that the host has set for the whole document holds as if a guard asked for it.
  const { authenticators, discovery } = app.get(GuardServices);
  // A resource server will never take the schemes of the capabilities.
  const schemes = discovery && new Set(authenticators.map(({ scheme }) => scheme));
  const globalGuards = { ...guards, any: guards.any || security.length > 0, schemes };
  const main = new Map<Function, OwnRoute>();
  const aliases = new Map<string, Alias[]>();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const { path, method, operation } of operationsOf(made)) {
    const route = marked.take(operation);
    const description = route?.description;
    if (!route || !description) {
      if (route) completeHostOperation(operation, route, globalGuards, schemas);
      paths[path] = { ...paths[path], [method]: operation };
    } else if (!description.hidden) {
      const id = description.aliasOf ?? description.id ?? route.name;
      if (description.aliasOf !== undefined || main.has(route.handler))
        aliases.set(id, [...(aliases.get(id) ?? []), { path, method }]);
      else main.set(route.handler, { ...route, description, path, method });
    }
  }
  for (const route of main.values()) {
    const { path, method, description, name } = route;
    paths[path] = {
      ...paths[path],
      [method]: ownOperation(route, aliases.get(description.id ?? name) ?? [], schemas),
    };
  }
  return paths as OpenAPIObject['paths'];
}

function globalGuardsOf(app: INestApplication): { readonly any: boolean; readonly ours: boolean } {
  const config = app.get(ApplicationConfig);
  const guards: unknown[] = [
    ...config.getGlobalGuards(),
    ...config.getGlobalRequestGuards().map(({ metatype }) => metatype),
  ];
  return { any: guards.length > 0, ours: guards.some(isAuthGuard) };
}

/** Our schemas are converted later, and only where an operation has them. */
function converterFor(routes: readonly Route[], options: SwaggerDocumentOptions) {
  const own = new Set<unknown>(
    routes
      .filter(({ description }) => description !== undefined)
      .flatMap((route) => (['body', 'query', 'path'] as const).map((kind) => boundSchema(route, kind))),
  );
  type Converter = NonNullable<SwaggerDocumentOptions['standardSchemaConverter']>;
  const converter: Converter = (schema, context) =>
    own.has(schema) ? { schema: { type: 'object' } } : options.standardSchemaConverter?.(schema, context);
  return converter;
}

/** "Try it out" must send the credential where this application reads it. */
function nameCredentials(app: INestApplication, { components }: OpenAPIObject): void {
  const session = components?.securitySchemes?.['session'];
  if (session && 'in' in session) session.name = app.get(AuthCookies).nameOf('session_token');
  const { authenticators, discovery } = app.get(GuardServices);
  if (discovery && components?.securitySchemes?.['bearer'])
    components.securitySchemes['bearer'] = issuersToken(discovery);
  for (const { scheme, headerName } of authenticators) {
    const described = components?.securitySchemes?.[scheme];
    if (headerName !== undefined && described && 'in' in described) described.name = headerName;
  }
}
