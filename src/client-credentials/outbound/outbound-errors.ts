import { AuthError } from '../../common/errors/auth-error.js';
import type { ProviderKind, UsableProvider } from './provider.settings.js';
import type { Target } from './target.js';
import type { RefusalFacts, RefusedToken } from './token.response.js';

function prefixed(kind: ProviderKind, code: string): string {
  return kind === 'microsoft' ? `MICROSOFT_${code}` : code;
}

/** 404 `MICROSOFT_APPLICATION_NOT_FOUND`. */
export function applicationNotFound(kind: ProviderKind): AuthError {
  return new AuthError({
    status: 404,
    code: prefixed(kind, 'APPLICATION_NOT_FOUND'),
    error: 'invalid_request',
    description: 'There is no application of this name',
  });
}

/** 500 `MICROSOFT_PROVIDER_NOT_CONFIGURED`. */
export function providerNotConfigured(kind: ProviderKind, provider: string): AuthError {
  return new AuthError({
    status: 500,
    code: prefixed(kind, 'PROVIDER_NOT_CONFIGURED'),
    description: 'The provider of this application is not configured',
    detail: `clientCredentials.outbound.providers has no "${provider}"`,
  });
}

/** 500 `MICROSOFT_PROVIDER_INVALID_CONFIG`. What is missing goes to the log. */
export function providerInvalid(kind: ProviderKind, provider: string, problem: string): AuthError {
  return new AuthError({
    status: 500,
    code: prefixed(kind, 'PROVIDER_INVALID_CONFIG'),
    description: 'The configuration of the provider of this application is not complete',
    detail: `clientCredentials.outbound.providers.${provider}: ${problem}`,
  });
}

/** 500 `MICROSOFT_ON_BEHALF_OF_MISMATCH`: never a token of the wrong side in place of the right one (T172). */
export function onBehalfOfMismatch(kind: ProviderKind, application: string, actsForUsers: boolean): AuthError {
  return new AuthError({
    status: 500,
    code: prefixed(kind, 'ON_BEHALF_OF_MISMATCH'),
    description: 'This application cannot act so',
    detail: actsForUsers
      ? `"${application}" acts for users: call getToken with { onBehalfOf: 'caller' }`
      : `"${application}" acts for itself: give it onBehalfOf in clientCredentials.outbound.applications, or call getToken without`,
  });
}

/** Errors of providers by which a user has to do something (OIDC Core 3.1.2.6, RFC 9470 3). */
const INTERACTION: ReadonlySet<string> = new Set([
  'interaction_required',
  'consent_required',
  'login_required',
  'insufficient_user_authentication',
]);
/** Microsoft's `suberror` of an `invalid_grant` that the user can mend. */
const INTERACTION_SUBERRORS: ReadonlySet<string> = new Set(['basic_action', 'additional_action', 'consent_required']);

/** The failure of a token request, as callers are told. @param retryMilliseconds until a process asks the provider again */
export function failureOf(target: Target, refused: RefusedToken, retryMilliseconds: number): AuthError {
  const { failure, facts = {} } = refused;
  if (target.user && isForUser(failure, facts)) return interactionRequired(target, failure, facts);
  if (target.user && failure === 'invalid_grant') return onBehalfOfRefused(target, failure, facts);
  return tokenRequestFailed(target, failure, Math.ceil(retryMilliseconds / 1000));
}

function isForUser(failure: string, { claims, suberror = '' }: RefusalFacts): boolean {
  return (
    INTERACTION.has(failure) ||
    (failure === 'invalid_grant' && (claims !== undefined || INTERACTION_SUBERRORS.has(suberror)))
  );
}

/**
 * 401 `MICROSOFT_INTERACTION_REQUIRED`, for the client: it signs the user in again, with the claims that the provider asks for, and comes back
 * with the next token. The challenge is that of Microsoft's documents: `insufficient_claims`, and the claims in base64.
 */
function interactionRequired({ application, provider }: Target, failure: string, facts: RefusalFacts): AuthError {
  const { claims } = facts;
  const authorizationUri = authorizationUriOf(provider);
  return new AuthError({
    status: 401,
    code: prefixed(provider.kind, 'INTERACTION_REQUIRED'),
    error: claims === undefined ? 'interaction_required' : 'insufficient_claims',
    description: 'The user has to sign in again to go on',
    detail: `token request for "${application.name}" on behalf of a user: ${[failure, ...(facts.numbers ?? [])].join(' ')}`,
    challengeParameters: {
      ...(authorizationUri !== null && { authorization_uri: authorizationUri }),
      ...(claims !== undefined && { claims: Buffer.from(claims).toString('base64') }),
    },
    details: {
      ...upstreamOf(failure, facts),
      ...(claims !== undefined && { claims }),
      ...(authorizationUri !== null && { authorizationUri }),
    },
  });
}

/** 403 `MICROSOFT_ON_BEHALF_OF_REFUSED`: for this user, or by this token of theirs, there is no token. */
function onBehalfOfRefused({ application, provider }: Target, failure: string, facts: RefusalFacts): AuthError {
  return new AuthError({
    status: 403,
    code: prefixed(provider.kind, 'ON_BEHALF_OF_REFUSED'),
    error: 'access_denied',
    description: 'The other service does not let this be done for the user',
    detail: `token request for "${application.name}" on behalf of a user: ${[failure, ...(facts.numbers ?? [])].join(' ')}`,
    details: upstreamOf(failure, facts),
  });
}

function upstreamOf(upstreamError: string, { numbers, suberror }: RefusalFacts): Readonly<Record<string, unknown>> {
  return {
    upstreamError,
    ...(suberror !== undefined && { upstreamSuberror: suberror }),
    ...(numbers !== undefined && { upstreamCodes: numbers }),
  };
}

/** Microsoft's is beside the token endpoint. */
function authorizationUriOf({ kind, endpoint }: UsableProvider): string | null {
  if (kind !== 'microsoft' || !('tokenEndpoint' in endpoint)) return null;
  return endpoint.tokenEndpoint.replace(/\/token$/, '/authorize');
}

/** 502 `MICROSOFT_TOKEN_REQUEST_FAILED`, with the provider's error code or one of ours, never its body (T109). */
function tokenRequestFailed({ application, provider }: Target, failure: string, retryAfterSeconds: number): AuthError {
  return new AuthError({
    status: 502,
    code: prefixed(provider.kind, 'TOKEN_REQUEST_FAILED'),
    error: 'server_error',
    description: `The token request failed: ${failure}`,
    detail: `token request for "${application.name}" failed: ${failure}`,
    details: { upstreamError: failure },
    retryAfterSeconds,
  });
}
