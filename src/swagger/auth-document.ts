import type { INestApplication } from '@nestjs/common';
import { SwaggerModule, type OpenAPIObject, type SwaggerDocumentOptions } from '@nestjs/swagger';
import { AUTHENTICATORS } from '../common/guards/auth.guard.js';
import type { Authenticator } from '../common/guards/authenticator.js';
import { AuthCookies } from '../common/http/cookies.js';
import type { Registry } from '../common/registry.js';
import { describeRoutes, PUBLIC_EXTENSION } from './describe-routes.js';

type SecurityScheme = NonNullable<NonNullable<OpenAPIObject['components']>['securitySchemes']>[string];

const SECURITY_SCHEMES: Readonly<Record<string, SecurityScheme>> = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'An access token, a session token or a JWT (RFC 6750).',
  },
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
    description: 'An API key; also taken as `Authorization: Bearer`.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'better-auth.session_token',
    description: 'The session cookie; sign in and the browser sends it.',
  },
  administration: {
    type: 'http',
    scheme: 'bearer',
    description: "What the host's own guard of the administration asks; describe it anew if that is no bearer token.",
  },
};

interface Operation {
  security?: Record<string, string[]>[];
  [PUBLIC_EXTENSION]?: boolean;
}

/**
 * Makes the API document of an application: as `SwaggerModule.createDocument`, with the security, the schemas and the error answers of
 * every route of ours and of every route of the host that our decorators guard.
 */
export function createAuthDocument(
  app: INestApplication,
  config: Omit<OpenAPIObject, 'paths'>,
  options?: SwaggerDocumentOptions,
): OpenAPIObject {
  describeRoutes(app);
  const document = setupAuthSwagger(SwaggerModule.createDocument(app, config, options));
  const session = document.components?.securitySchemes?.['session'];
  if (session && 'in' in session) session.name = app.get(AuthCookies).nameOf('session_token');
  // Try-it-out must send a credential where this application looks for it.
  for (const { scheme, headerName } of app.get<Registry<Authenticator>>(AUTHENTICATORS).all) {
    const described = document.components?.securitySchemes?.[scheme];
    if (headerName !== undefined && described && 'in' in described) described.name = headerName;
  }
  return document;
}

/** The pass over a finished document: public routes lose inherited security, and the schemes in use are described. */
export function setupAuthSwagger(document: OpenAPIObject): OpenAPIObject {
  const used = new Set<string>();
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path) as Operation[]) {
      if (typeof operation !== 'object' || operation === null) continue;
      if (operation[PUBLIC_EXTENSION]) {
        operation.security = [];
        delete operation[PUBLIC_EXTENSION];
      }
      for (const requirement of operation.security ?? []) for (const name of Object.keys(requirement)) used.add(name);
    }
  }
  const schemes = Object.entries(SECURITY_SCHEMES).filter(([name]) => used.has(name));
  document.components ??= {};
  document.components.securitySchemes = {
    ...structuredClone(Object.fromEntries(schemes)),
    ...document.components.securitySchemes,
  };
  return document;
}
