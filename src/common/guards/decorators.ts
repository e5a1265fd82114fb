import {
  applyDecorators,
  createParamDecorator,
  SetMetadata,
  UseFilters,
  UseGuards,
  type ExecutionContext,
} from '@nestjs/common';
import { resolveSeconds, type Duration } from '../options/duration.js';
import { isScopeToken } from '../principal/scopes.js';
import { AuthErrorFilter } from '../http/edge/auth-error.filter.js';
import { requestOf } from '../calls/request-of.js';
import { contextOf } from '../http/request/request-context.js';
import type { PrincipalLoaders } from '../ports/loaders.js';
import { principalOf } from './admission.js';
import {
  ANY_SCOPE_KEY,
  OPTIONAL_KEY,
  PUBLIC_KEY,
  ROLES_KEY,
  SCHEME_KEY_PREFIX,
  SCOPES_KEY,
  STEP_UP_KEY,
  type StepUpNeed,
} from '../http/routes/auth-policy.js';
import { AuthGuard } from './auth.guard.js';
import type { BearerRequirement } from './bearer.authenticator.js';

/** As in a challenge: no spaces, quotes or backslashes (RFC 9470 3). */
const ACR_VALUE = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

export type AuthDecorator = ClassDecorator & MethodDecorator;

/** What `@ApiKeyAuth({ … })` may require. */
export interface ApiKeyRequirement {
  /** Resource to actions; every one of them must be granted to the key. */
  readonly permissions?: Readonly<Record<string, readonly string[]>>;
}

function guarded(...decorators: (ClassDecorator | MethodDecorator | PropertyDecorator)[]): AuthDecorator {
  return applyDecorators(...decorators, UseGuards(AuthGuard), UseFilters(AuthErrorFilter)) as AuthDecorator;
}

function acceptScheme(scheme: string, requirement?: object): MethodDecorator & ClassDecorator {
  return SetMetadata(SCHEME_KEY_PREFIX + scheme, { requirement });
}

/**
 * Takes any of these schemes, chosen by the credential that is presented: `bearer`, `apiKey`, `session` (the cookie). Without arguments:
 * `bearer` and `apiKey`. A scheme that no capability registered fails closed.
 *
 * @example
 * ``` class Reports { @Get() @Auth('bearer', 'apiKey', 'session') list() {} } ```
 */
export function Auth(...schemes: readonly string[]): AuthDecorator {
  const accepted = schemes.length > 0 ? schemes : ['bearer', 'apiKey'];
  return guarded(...accepted.map((scheme) => acceptScheme(scheme)));
}

/**
 * Takes `Authorization: Bearer` (RFC 6750) with an access token, a session token or a JWT. Beside `@ApiKeyAuth` it means either.
 *
 * @example
 * ``` class Reports { @Get() @BearerAuth() @Scopes('reports:read') list() {} } ```
 */
export function BearerAuth(requirement?: BearerRequirement): AuthDecorator {
  if (requirement?.resource !== undefined && requirement.audience !== undefined)
    throw new Error(
      '@BearerAuth({ resource, audience }): a resource is the audience of its tokens. Leave audience out.',
    );
  return guarded(acceptScheme('bearer', requirement));
}

/**
 * Takes an API key. Beside `@BearerAuth` it means either.
 *
 * @example
 * ``` class Reports { @Get() @ApiKeyAuth({ permissions: { reports: ['read'] } }) list() {} } ```
 */
export function ApiKeyAuth(requirement?: ApiKeyRequirement): AuthDecorator {
  return guarded(acceptScheme('apiKey', requirement));
}

/**
 * Requires all of these scopes; those of the class and of the method add up. Lacking one: 403 `insufficient_scope`.
 *
 * @example
 * ``` class Reports { @Get() @Scopes('reports:read', 'reports:list') list() {} } ```
 */
export function Scopes(...scopes: readonly string[]): AuthDecorator {
  return guarded(appendMetadata(SCOPES_KEY, checked('Scopes', scopes)));
}

/**
 * Requires one of these scopes. On class and method: one of each.
 *
 * @example
 * ``` class Reports { @Get() @AnyScope('reports:read', 'reports:admin') list() {} } ```
 */
export function AnyScope(...scopes: readonly string[]): AuthDecorator {
  return guarded(appendMetadata(ANY_SCOPE_KEY, [checked('AnyScope', scopes)]));
}

/**
 * Requires one of these roles: of the user, as they were at the sign-in; or in the token of an outside issuer, where its option `roles` says. On
 * class and method: one of each. Lacking them: 403 `FORBIDDEN`, with `requiredRoles` among the details.
 *
 * @example
 * ``` class Reports { @Delete(':id') @BearerAuth() @Roles('admin', 'editor') remove() {} } ```
 */
export function Roles(...roles: readonly string[]): AuthDecorator {
  if (roles.length === 0 || roles.some((role) => typeof role !== 'string' || role === ''))
    throw new Error('@Roles(): give one role or more, none of them empty.');
  return guarded(appendMetadata(ROLES_KEY, [[...roles]]));
}

/** What `@StepUp({ … })` may require; one of them at least. */
export interface StepUpRequirement {
  /**
   * A strength of sign-in that suffices, or several: those of `acr` in the options, and stronger ones; for tokens of outside issuers, the
   * values of their claim `acr`.
   */
  readonly acr?: string | readonly string[];
  /** How long ago the user may have proved who they are. 1 second to 400 days. */
  readonly maxAge?: Duration;
}

/**
 * Requires a proof of identity that is strong or fresh enough (RFC 9470); on class and method both are required. Lacking it: 401
 * `insufficient_user_authentication`, with `acr_values` and `max_age` in the challenge, by which clients sign the user in once more.
 *
 * @example
 * ``` class Payments { @Get() @BearerAuth() @StepUp({ acr: 'urn:nest-authority:acr:mfa', maxAge: '5m' }) pay() {} } ```
 */
export function StepUp({ acr, maxAge }: StepUpRequirement): AuthDecorator {
  const values = acr === undefined ? null : [acr].flat();
  if (values === null && maxAge === undefined) throw new Error('@StepUp(): give acr, maxAge or both.');
  if (values && (values.length === 0 || !values.every((one) => typeof one === 'string' && ACR_VALUE.test(one))))
    throw new Error('@StepUp({ acr }): give one value or more, none of them empty or with spaces or quotes.');
  const limits = { min: 1, max: 400 * 86_400 };
  const need: StepUpNeed = Object.freeze({
    acr: values && Object.freeze(values),
    maxAgeSeconds: maxAge === undefined ? null : resolveSeconds('@StepUp({ maxAge })', maxAge, limits),
  });
  return guarded(appendMetadata(STEP_UP_KEY, [need]));
}

/**
 * Requires no credential and reads none, also below a guarded class or a global guard. On a class it covers the methods that declare
 * nothing: a method that requires a scheme or a scope is guarded.
 *
 * @example
 * ``` class Reports { @Get('samples') @Public() samples() {} } ```
 */
export function Public(): AuthDecorator {
  return applyDecorators(SetMetadata(PUBLIC_KEY, true)) as AuthDecorator;
}

/**
 * Lets a caller in without a credential; a bad credential is still refused.
 *
 * @example
 * ``` class Reports { @Get() @BearerAuth() @OptionalAuth() list(@CurrentUser() user: HostUser | null) {} } ```
 */
export function OptionalAuth(): AuthDecorator {
  return guarded(SetMetadata(OPTIONAL_KEY, true));
}

/**
 * The principal that the guard let in, whatever kind of call it guards; null on public handlers, and on optional ones without a credential.
 *
 * @example
 * ``` class Reports { @Get() @BearerAuth() list(@CurrentPrincipal() principal: AuthPrincipal) {} } ```
 */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  principalOf(context),
);

/**
 * The user behind the principal, as the user directory returns them; null for clients. Loaded only where it is used.
 *
 * @example
 * ``` class Reports { @Get() @BearerAuth() list(@CurrentUser() user: HostUser | null) {} } ```
 */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const principal = principalOf(context);
  return principal?.kind === 'user' ? (loadersOf(context)?.user(principal) ?? null) : null;
});

/**
 * The OAuth client that presents the credential (`Client`); null for a credential that belongs to no client. Loaded only where it is used.
 *
 * @example
 * ``` class Reports { @Get() @BearerAuth() list(@CurrentClient() client: Client | null) {} } ```
 */
export const CurrentClient = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const clientId = principalOf(context)?.clientId ?? null;
  return clientId === null ? null : (loadersOf(context)?.client(clientId) ?? null);
});

function loadersOf(context: ExecutionContext): PrincipalLoaders | undefined {
  const request = requestOf(context);
  return request ? contextOf(request).load : undefined;
}

/** Adds to existing metadata, also that of a base class: a decorator used twice requires both. */
function appendMetadata(key: string, values: readonly unknown[]): MethodDecorator & ClassDecorator {
  return (target: object, _name?: string | symbol, descriptor?: PropertyDescriptor) => {
    const holder = (descriptor?.value ?? target) as object;
    const before = (Reflect.getMetadata(key, holder) as unknown[] | undefined) ?? [];
    Reflect.defineMetadata(key, [...before, ...values], holder);
  };
}

function checked(name: string, scopes: readonly string[]): string[] {
  if (scopes.length === 0 || !scopes.every(isScopeToken)) {
    throw new Error(
      `@${name}(${scopes.map((scope) => JSON.stringify(scope)).join(', ')}): give one scope or more, none with spaces or quotes.`,
    );
  }
  return [...scopes];
}
