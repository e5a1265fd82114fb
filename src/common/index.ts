export { AuthCoreModule, type AuthCoreAsyncOptions } from './auth-core.module.js';
export { AuthCaches, type CacheStatistics } from './cache/auth-caches.js';
export { CommonModule } from './common.module.js';
export type { Executor, Statement } from './database/database.js';
export type { Transaction } from './database/transaction.js';
export { AuthError } from './errors/auth-error.js';
export type { AuthErrorInit, OAuthErrorCode } from './errors/auth-error.init.js';
export {
  AuthEvents,
  type AnyAuthEvent,
  type AuthEventListener,
  type AuthEventMap,
  type AuthEventName,
} from './events/auth-events.js';
export type {
  Mail,
  MailCode,
  MailContentMap,
  MailEnvelope,
  MailKind,
  MailLink,
  MailMessage,
  MailNotice,
} from './mail/mail.js';
export { putPrincipal } from './guards/admission.js';
export { AuthGuard } from './guards/auth.guard.js';
export type { BearerRequirement } from './guards/bearer.authenticator.js';
export { BearerStrategy } from './guards/bearer.strategy.js';
export {
  AnyScope,
  ApiKeyAuth,
  Auth,
  BearerAuth,
  CurrentClient,
  CurrentPrincipal,
  CurrentUser,
  OptionalAuth,
  Public,
  Roles,
  Scopes,
  StepUp,
  type ApiKeyRequirement,
  type AuthDecorator,
  type StepUpRequirement,
} from './guards/decorators.js';
export { ProtectedResource } from './guards/protected-resource.decorator.js';
export { SessionAuth } from './guards/session-auth.js';
export type { TokenClaims } from './issuers/claim-path.js';
export type { GivenKeySet } from './issuers/given-key-set.js';
export type { RolesOf, RolesOption, TrustedIssuerOptions } from './issuers/trusted-issuer.options.js';
export { AuthContext } from './ports/auth-context.js';
export { isDue, type SecondFactorDue, type SignInOutcome } from './ports/second-factor.js';
export type { Client, ScopeText } from './ports/authorization-server.js';
export type { CurrentSession, RequestHeaders, SessionView, StartedSession } from './ports/sessions.js';
export type { SignInMethod } from './ports/sign-in-methods.js';
export type { HostUser, NewHostUser, UserDirectory, UserListing, UserPage } from './ports/user-directory.js';
export { authCsrfExclusions, type CsrfExclusion } from './http/routes/csrf-exclusions.js';
export { AuthErrorFilter } from './http/edge/auth-error.filter.js';
export type { SigningKeyImport } from './keys/signing-key.material.js';
export type { SigningKeyState } from './keys/signing-key.schedule.js';
export type { SigningKeyStart } from './keys/signing-key.writer.js';
export { SIGNING_ALGORITHMS, type SigningAlgorithm } from './keys/signing-algorithm.js';
export { SigningKeys, type SigningKeyInfo } from './keys/signing-keys.js';
export type { AuthCoreOptions, AuthStaticOptions } from './options/core-options.js';
export type { GetCertificate, GivenCertificate, MtlsOptions } from './options/mtls-options.js';
export type { PagesOptions } from './options/page-options.js';
export type { CredentialField, MessageFields, TransportsOptions } from './options/transport-options.js';
export type { HostText } from './texts/host-text.js';
export type { LanguageTexts } from './texts/reader.js';
export type { Actor } from './principal/actor.js';
export type { ResourceOptions } from './resources/resource.options.js';
export type { OriginCheck } from './options/trusted-origins.js';
export type { Duration } from './options/duration.js';
export { createPrincipal, type AuthPrincipal, type AuthPrincipalInit } from './principal/auth-principal.js';
export type { DisableTerms, SubjectEnd } from './subjects/subject.store.js';
