import type { OpenAPIObject } from '@nestjs/swagger';
import { AdministrationGuard } from '../common/guards/administration.js';
import { AuthGuard } from '../common/guards/auth.guard.js';
import { isDeclared, policyOf, type AuthPolicy } from '../common/http/routes/auth-policy.js';
import type { RouteCredential } from '../common/http/routes/describe-route.js';
import { guardsOf, type Route } from './routes.js';

export type SecurityScheme = NonNullable<NonNullable<OpenAPIObject['components']>['securitySchemes']>[string];
/** One way to be let in: all of its schemes. The empty one: without a credential. */
export type Requirement = Record<string, string[]>;

export const SECURITY_SCHEMES: Readonly<Record<string, SecurityScheme>> = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An access token, a session token or a JWT (RFC 6750): enter the `accessToken` or the `token` of a sign-in, without the word Bearer.',
  },
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
    description: 'An API key: enter the `key` that its creation showed. Also taken as `Authorization: Bearer`.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'better-auth.session_token',
    description:
      'The session cookie. Nothing to enter: sign in by `POST /sign-in/email`, and the browser sends it. Scripts of pages cannot set it.',
  },
  clientBasic: {
    type: 'http',
    scheme: 'basic',
    description:
      'Id and secret of an OAuth client (RFC 6749 2.3.1). Instead, the body may have `client_id` and `client_secret`, or `client_assertion` (RFC 7523 2.2), or the `client_id` of a public client alone: then leave this box empty. Two ways at once are refused.',
  },
  registrationAccessToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'The `registration_access_token` of the one client that the route is about (RFC 7592).',
  },
  initialAccessToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of the administration that lets its holder register clients (RFC 7591 3).',
  },
  administration: {
    type: 'http',
    scheme: 'bearer',
    description: "What the host's own guard of the administration asks; describe it anew if that is no bearer token.",
  },
};

/** Who may call a route, as the guards decide it. Undefined: none of our guards is on it. */
export function policyOfRoute(route: Route, isGuardedGlobally: boolean): AuthPolicy | undefined {
  const { handler, controller, description } = route;
  const isGuarded = isDeclared(handler, controller) || guardsOf(route).some(isAuthGuard);
  if (!isGuarded && !(isGuardedGlobally && description === undefined)) return undefined;
  return policyOf(handler, controller);
}

/** Whether a guard is ours, or the host's subclass of it. */
export function isAuthGuard(guard: unknown): boolean {
  const type = typeof guard === 'function' ? (guard.prototype as unknown) : guard;
  return guard === AuthGuard || type instanceof AuthGuard;
}

/**
 * Several schemes on one route are alternatives: one requirement each (OpenAPI: OR). A host's route that accepts bearer tokens also accepts
 * those of OAuth clients; our own routes serve the user only.
 */
export function requirementsOf(route: Route, policy: AuthPolicy | undefined): Requirement[] | undefined {
  const { description } = route;
  if (description?.credentials) return description.credentials.map(requirementOf);
  if (guardsOf(route).includes(AdministrationGuard)) return [{ administration: [] }];
  if (!policy) return description ? [] : undefined;
  if (policy.isPublic) return [];
  const requirements: Requirement[] = [...policy.schemes.keys()].map((scheme) => ({ [scheme]: [] }));
  if (policy.schemes.has('bearer') && !description) requirements.push({ oauth2: [...policy.scopes] });
  return policy.isOptional ? [...requirements, {}] : requirements;
}

function requirementOf(credential: RouteCredential): Requirement {
  if (credential === 'none') return {};
  return { [credential]: credential === 'oauth2' ? ['openid'] : [] };
}
