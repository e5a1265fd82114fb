/**
 * The entry for servers that only verify tokens of others: nothing in it imports TypeORM or pg. Whoever has AuthModule imports from
 * `nest-authority`; the decorators are the same.
 */
export { AuthCaches, type CacheStatistics } from '../common/cache/auth-caches.js';
export { AuthError } from '../common/errors/auth-error.js';
export type { AuthErrorInit, OAuthErrorCode } from '../common/errors/auth-error.init.js';
export { putPrincipal } from '../common/guards/admission.js';
export { AuthGuard } from '../common/guards/auth.guard.js';
export type { BearerRequirement } from '../common/guards/bearer.authenticator.js';
export {
  AnyScope,
  Auth,
  BearerAuth,
  CurrentPrincipal,
  CurrentUser,
  OptionalAuth,
  Public,
  Roles,
  Scopes,
  StepUp,
  type AuthDecorator,
  type StepUpRequirement,
} from '../common/guards/decorators.js';
export { ProtectedResource } from '../common/guards/protected-resource.decorator.js';
export { AuthErrorFilter } from '../common/http/edge/auth-error.filter.js';
export type { TokenClaims } from '../common/issuers/claim-path.js';
export type { GivenKeySet } from '../common/issuers/given-key-set.js';
export type { RolesOf, RolesOption, TrustedIssuerOptions } from '../common/issuers/trusted-issuer.options.js';
export type { Duration } from '../common/options/duration.js';
export { AuthContext } from '../common/ports/auth-context.js';
export { createPrincipal, type AuthPrincipal, type AuthPrincipalInit } from '../common/principal/auth-principal.js';
export type { IntrospectionOptions } from './introspection/introspection.options.js';
export type { ResolvePrincipal, ResolvedPrincipal } from './principal-resolver.js';
export { ResourceServerModule } from './resource-server.module.js';
export type { ResourceIssuerOptions, ResourceServerOptions, ServedResourceOptions } from './resource-server.options.js';
