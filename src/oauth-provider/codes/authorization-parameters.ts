import type { ClaimsRequest } from '../../common/ports/authorization-server.js';

export const PROMPTS = ['none', 'login', 'consent', 'select_account', 'create'] as const;
export type Prompt = (typeof PROMPTS)[number];
export type ResponseMode = 'query' | 'form_post';

/**
 * An authorization request that has passed every check (RFC 6749 4.1.1, RFC 7636 4.3, RFC 8707 2.1, OIDC Core 3.1.2.1). What changes
 * nothing here is not kept: `display`, `ui_locales`, `acr_values`.
 */
export interface AuthorizationParameters {
  readonly redirectUri: string;
  /** Whether the request named it, so that the token request has to as well (RFC 6749 4.1.3). */
  readonly redirectUriGiven: boolean;
  readonly responseMode: ResponseMode;
  readonly state: string | null;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly codeChallenge: string | null;
  readonly nonce: string | null;
  readonly prompts: readonly Prompt[];
  readonly maxAgeSeconds: number | null;
  readonly loginHint: string | null;
  /** `sub` of the ID token of the hint, or asked for by name: the user has to be that one. */
  readonly hintedSubject: string | null;
  readonly claims: ClaimsRequest | null;
}

/** Who sits at the browser, as far as the session tells. */
export interface BrowserUser {
  readonly sessionId: string;
  readonly subjectId: string;
  /** By which the client knows the user. */
  readonly subject: string;
  readonly authenticatedAt: Date;
  /** How they proved who they are (RFC 8176). */
  readonly methods: readonly string[];
}
