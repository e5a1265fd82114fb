import type { INestApplication } from '@nestjs/common';
import { SwaggerModule, type OpenAPIObject, type SwaggerDocumentOptions } from '@nestjs/swagger';
import { Extensions } from '../common/extensions.js';
import { HostPorts } from '../common/ports/port.js';
import { AuthRoutes } from '../common/http/routes/auth-routes.js';
import { AuthCookies } from '../common/http/request/cookies.js';
import { describeRoutes, PUBLIC_EXTENSION } from './describe-routes.js';
import { markingConverter, settleNames } from './own-schema-names.js';

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
 * Makes the API document of an application, as `SwaggerModule.createDocument` does, and adds the security, the schemas and the error
 * replies of all our routes and of every route of the host that our decorators guard.
 *
 * @example
 * const document = createAuthDocument(app, new DocumentBuilder().setTitle('Reports').build());
 * SwaggerModule.setup('docs', app, document);
 */
export function createAuthDocument(
  app: INestApplication,
  config: Omit<OpenAPIObject, 'paths'>,
  options?: SwaggerDocumentOptions,
): OpenAPIObject {
  describeRoutes(app);
  const standardSchemaConverter = markingConverter(options?.standardSchemaConverter);
  const made = settleNames(SwaggerModule.createDocument(app, config, { ...options, standardSchemaConverter }));
  const oauth2 = oauth2Scheme(app);
  if (oauth2)
    made.components = { ...made.components, securitySchemes: { oauth2, ...made.components?.securitySchemes } };
  const document = setupAuthSwagger(made);
  const session = document.components?.securitySchemes?.['session'];
  if (session && 'in' in session) session.name = app.get(AuthCookies).nameOf('session_token');
  // "Try it out" must send the credential in the header that this application reads.
  for (const { scheme, headerName } of app.get(Extensions).authenticators) {
    const described = document.components?.securitySchemes?.[scheme];
    if (headerName !== undefined && described && 'in' in described) described.name = headerName;
  }
  return document;
}

/** The OAuth scheme of this application's authorization server; undefined without one. Swagger UI adds PKCE to the flow. */
function oauth2Scheme(app: INestApplication): SecurityScheme | undefined {
  const { authorizationServer } = app.get(HostPorts);
  if (!authorizationServer.filled) return undefined;
  const routes = app.get(AuthRoutes);
  const tokenUrl = routes.urlOf('/oauth2/token', 'POST');
  const scopes = Object.fromEntries([...authorizationServer.get().scopes].map((scope) => [scope, '']));
  return {
    type: 'oauth2',
    description: 'Authorization code with PKCE, for a registered client.',
    flows: {
      authorizationCode: {
        authorizationUrl: routes.urlOf('/oauth2/authorize'),
        tokenUrl,
        refreshUrl: tokenUrl,
        scopes,
      },
    },
  };
}

/**
 * Completes a document: public routes lose inherited security, and the schemes in use are described.
 *
 * @example
 * const made = SwaggerModule.createDocument(app, new DocumentBuilder().build());
 * SwaggerModule.setup('docs', app, setupAuthSwagger(made));
 */
export function setupAuthSwagger(document: OpenAPIObject): OpenAPIObject {
  const used = new Set<string>();
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path) as Operation[]) {
      if (typeof operation !== 'object' || operation === null) continue;
      if (operation[PUBLIC_EXTENSION]) {
        operation.security = [];
        delete operation[PUBLIC_EXTENSION];
      }
      if (!document.components?.securitySchemes?.['oauth2']) dropOAuth2(operation);
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

/** Without an authorization server nothing issues tokens for this scheme. */
function dropOAuth2(operation: Operation): void {
  if (operation.security) operation.security = operation.security.filter((requirement) => !('oauth2' in requirement));
}
