/** OAuth error codes this project sends (RFC 6749 5.2 and 4.1.2.1, RFC 6750 3.1, RFC 7591 3.2.2, RFC 8628 3.5, RFC 8707 2, RFC 9470 3). */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_target'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'insufficient_user_authentication'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'unsupported_token_type'
  | 'access_denied'
  | 'server_error'
  | 'temporarily_unavailable'
  | (string & {});

/** What a sign-in must reach (RFC 9470 3). */
export interface StepUpDemand {
  /** One of these strengths; null: any. */
  readonly acrValues: readonly string[] | null;
  /** Seconds; null: however long ago. */
  readonly maxAgeSeconds: number | null;
}

export interface AuthErrorInit {
  /** HTTP status, 400 to 599. */
  status: number;
  /** Stable machine code of the management shape, UPPER_SNAKE_CASE. */
  code: string;
  /** OAuth error code. Default: derived from the status. */
  error?: OAuthErrorCode;
  /** Public sentence; sent to the client. */
  description: string;
  /** Private sentence; goes only to the log and to events. */
  detail?: string;
  cause?: unknown;
  /** Seconds after which a retry makes sense; sent as `Retry-After`. */
  retryAfterSeconds?: number;
  /** Scopes that the route requires (RFC 6750 3, `scope` attribute). */
  requiredScopes?: readonly string[];
  /** How well, and how lately, the user must have proved who they are (RFC 9470 3). */
  stepUp?: StepUpDemand;
  /** Further parameters of the challenge (RFC 9110 11.6.1), by their names. */
  challengeParameters?: Readonly<Record<string, string>>;
  /** Further public members of the management body. */
  details?: Readonly<Record<string, unknown>>;
  /** Further headers of the reply. */
  headers?: Readonly<Record<string, string>>;
}
