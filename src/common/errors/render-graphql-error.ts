import type { AuthError } from './auth-error.js';
import { withChallenge } from './render-challenge.js';
import { TRANSPORT_CODES } from './transport-codes.js';

/** What stands beside the message of a GraphQL error (GraphQL 7.1.2, `extensions`). */
export interface GraphqlExtensions {
  /** By the status: `UNAUTHENTICATED`, `FORBIDDEN`, `TOO_MANY_REQUESTS` …; for other statuses the error's own code. */
  readonly code: string;
  /** The error's own code, as in the body of an HTTP answer. */
  readonly authCode: string;
  readonly statusCode: number;
  /** RFC 6750 3.1; absent where no credential was presented. */
  readonly error?: string;
  /** What `WWW-Authenticate` would hold, one for each scheme that is taken (RFC 9110 11.6.1). */
  readonly challenge?: readonly string[];
  readonly requiredScopes?: readonly string[];
  /** Seconds. */
  readonly retryAfter?: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An error in the form in which GraphQL servers pass on what a resolver throws. */
export function renderGraphqlError(error: AuthError): GraphqlExtensions {
  const challenge = challengeOf(error);
  return {
    code: TRANSPORT_CODES[error.status]?.name ?? error.code,
    authCode: error.code,
    statusCode: error.status,
    ...(error.error !== 'unauthorized' && { error: error.error }),
    ...(challenge && { challenge }),
    ...(error.requiredScopes && { requiredScopes: error.requiredScopes }),
    ...(error.retryAfterSeconds !== undefined && { retryAfter: Math.max(1, Math.ceil(error.retryAfterSeconds)) }),
    ...(error.details && { details: error.details }),
  };
}

function challengeOf(error: AuthError): string[] | undefined {
  if (!error.challenge) return undefined;
  const { headers } = withChallenge({ status: error.status, headers: {}, body: {} }, error, error.challenge);
  return headers['WWW-Authenticate'] as string[] | undefined;
}
