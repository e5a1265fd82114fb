import type { AuthErrorInit, OAuthErrorCode, StepUpDemand } from './auth-error.init.js';
import type { ChallengeContext } from './render-challenge.js';
import { renderGraphqlError, type GraphqlExtensions } from './render-graphql-error.js';

const OAUTH_CODE_BY_STATUS: Readonly<Record<number, OAuthErrorCode>> = {
  400: 'invalid_request',
  401: 'invalid_token',
  403: 'access_denied',
  429: 'temporarily_unavailable',
  500: 'server_error',
  503: 'temporarily_unavailable',
};

/**
 * The only error type that this project sends to clients. The three renderers beside it decide its form on the wire. It has a stack trace from
 * status 500 on, where the log prints it.
 *
 * @example
 * throw new AuthError({ status: 402, code: 'PLAN_EXHAUSTED', description: 'Your plan has no reports left' });
 */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  readonly status: number;
  readonly code: string;
  readonly error: OAuthErrorCode;
  readonly description: string;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly requiredScopes: readonly string[] | undefined;
  readonly stepUp: StepUpDemand | undefined;
  readonly challengeParameters: Readonly<Record<string, string>> | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** What the handler that refused accepts. Set by the guard outside HTTP, where one request may reach several handlers. */
  challenge?: ChallengeContext;

  constructor(init: AuthErrorInit) {
    // Below 500 it is an answer to the client: its stack is never logged, and would cost more than most of the checks that refuse.
    const { stackTraceLimit } = Error;
    if (init.status < 500) Error.stackTraceLimit = 0;
    super(init.description, init.cause === undefined ? undefined : { cause: init.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.status = init.status;
    this.code = init.code;
    this.error = init.error ?? OAUTH_CODE_BY_STATUS[init.status] ?? 'invalid_request';
    this.description = init.description;
    this.detail = init.detail;
    this.retryAfterSeconds = init.retryAfterSeconds;
    this.requiredScopes = init.requiredScopes;
    this.stepUp = init.stepUp;
    this.challengeParameters = init.challengeParameters;
    this.details = init.details;
    this.headers = init.headers ?? {};
  }

  /** GraphQL servers send what this has beside the message, whatever library they are of. */
  get extensions(): GraphqlExtensions {
    return renderGraphqlError(this);
  }

  static badRequest(code: string, description: string, detail?: string): AuthError {
    return new AuthError({ status: 400, code, description, detail });
  }

  /** More than one credential, a repeated parameter, a malformed header (RFC 6750 3.1). */
  static invalidRequest(description: string, detail?: string): AuthError {
    return new AuthError({ status: 400, code: 'INVALID_REQUEST', error: 'invalid_request', description, detail });
  }

  /** The body or the query does not match its schema. `issues` are public sentences that never repeat the input. */
  static validation(issues: readonly string[]): AuthError {
    return new AuthError({
      status: 400,
      code: 'VALIDATION_ERROR',
      error: 'invalid_request',
      description: issues.join('; '),
    });
  }

  /** An OAuth error that has no method of its own here (RFC 6749 4.1.2.1 and 5.2, RFC 7591 3.2.2, RFC 8707 2). Status 400. */
  static oauth(error: OAuthErrorCode, description: string, detail?: string): AuthError {
    return new AuthError({ status: 400, code: error.toUpperCase(), error, description, detail });
  }

  /**
   * The client is unknown, disabled, or did not prove itself; the reply does not say which (RFC 6749 5.2, T081).
   * @param challenge whether it tried HTTP Basic, and so must get a challenge
   */
  static invalidClient(detail: string, challenge = false): AuthError {
    return new AuthError({
      status: 401,
      code: 'INVALID_CLIENT',
      error: 'invalid_client',
      description: 'Client authentication failed',
      detail,
      ...(challenge && { headers: { 'WWW-Authenticate': 'Basic realm="token endpoint", charset="UTF-8"' } }),
    });
  }

  /** The code, refresh token or device code is not valid for this client (RFC 6749 5.2); the reason is private. */
  static invalidGrant(detail: string): AuthError {
    return AuthError.oauth(
      'invalid_grant',
      'The grant is unknown, expired, revoked, spent or not for this client',
      detail,
    );
  }

  /** No credential was presented. Renders as a bare challenge, without an error code (RFC 6750 3). */
  static unauthenticated(): AuthError {
    return new AuthError({ status: 401, code: 'UNAUTHORIZED', error: 'unauthorized', description: 'Unauthorized' });
  }

  /** A credential was presented and is not valid. The reason is private: the reply is the same, whatever is wrong with it. */
  static invalidToken(detail: string): AuthError {
    return new AuthError({
      status: 401,
      code: 'UNAUTHORIZED',
      error: 'invalid_token',
      description: 'The access token is unknown, expired or revoked',
      detail,
    });
  }

  /** RFC 9470 3: a valid credential, and a proof of identity that is too weak or too old. */
  static insufficientUserAuthentication(stepUp: StepUpDemand): AuthError {
    const { acrValues, maxAgeSeconds } = stepUp;
    return new AuthError({
      status: 401,
      code: 'INSUFFICIENT_USER_AUTHENTICATION',
      error: 'insufficient_user_authentication',
      description: 'This needs a stronger or more recent sign-in',
      stepUp,
      details: {
        ...(acrValues && { acr_values: acrValues.join(' ') }),
        ...(maxAgeSeconds !== null && { max_age: maxAgeSeconds }),
      },
    });
  }

  /** RFC 6750 3.1: a valid credential without the required scopes. */
  static insufficientScope(requiredScopes: readonly string[]): AuthError {
    return new AuthError({
      status: 403,
      code: 'INSUFFICIENT_SCOPE',
      error: 'insufficient_scope',
      description: `This route requires the scope ${requiredScopes.join(' ')}`,
      requiredScopes,
    });
  }

  /** A valid credential without any of these roles. */
  static missingRole(requiredRoles: readonly string[]): AuthError {
    return new AuthError({
      status: 403,
      code: 'FORBIDDEN',
      error: 'access_denied',
      description: `This route requires the role ${requiredRoles.join(' or ')}`,
      details: { requiredRoles },
    });
  }

  static forbidden(code: string, description: string, detail?: string): AuthError {
    return new AuthError({ status: 403, code, error: 'access_denied', description, detail });
  }

  static notFound(description = 'Not found'): AuthError {
    return new AuthError({ status: 404, code: 'NOT_FOUND', error: 'invalid_request', description });
  }

  /** RFC 9110 15.5.6. @param allow the methods that the resource supports, e.g. `GET, HEAD` */
  static methodNotAllowed(allow: string): AuthError {
    return new AuthError({
      status: 405,
      code: 'METHOD_NOT_ALLOWED',
      error: 'invalid_request',
      description: `This resource takes ${allow} only`,
      headers: { Allow: allow },
    });
  }

  static tooManyRequests(
    retryAfterSeconds: number,
    code = 'TOO_MANY_REQUESTS',
    description = 'Too many requests',
  ): AuthError {
    return new AuthError({ status: 429, code, description, retryAfterSeconds });
  }

  /** The database cannot answer, or it is unknown whether a COMMIT succeeded. Never used for a bad credential. */
  static unavailable(detail: string, cause?: unknown): AuthError {
    return new AuthError({
      status: 503,
      code: 'SERVICE_UNAVAILABLE',
      error: 'temporarily_unavailable',
      description: 'The service cannot answer right now',
      detail,
      cause,
      retryAfterSeconds: 2,
    });
  }

  /** An error of this server. The cause goes to the log; the client learns nothing about it. */
  static internal(cause: unknown): AuthError {
    return new AuthError({
      status: 500,
      code: 'INTERNAL_SERVER_ERROR',
      error: 'server_error',
      description: 'Something went wrong on our side',
      detail: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}
