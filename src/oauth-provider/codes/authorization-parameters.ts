import type { AuthorizationDetail } from '../../common/principal/authorization-detail.js';
import type { ClaimsRequest } from '../../common/ports/authorization-server.js';
import type { ResponseMode } from '../clients/metadata/response-modes.js';

export const PROMPTS = ['none', 'login', 'consent', 'select_account', 'create'] as const;
export type Prompt = (typeof PROMPTS)[number];

/**
 * An authorization request that has passed every check (RFC 6749 4.1.1, RFC 7636 4.3, RFC 8707 2.1, OIDC Core 3.1.2.1). What has no effect
 * here is not kept: `display`.
 */
export interface AuthorizationParameters {
  readonly redirectUri: string;
  /** Whether the request named it; then the token request must name it too, unless there is a challenge (RFC 6749 4.1.3, OAuth 2.1 10.2). */
  readonly redirectUriGiven: boolean;
  readonly responseMode: ResponseMode;
  readonly state: string | null;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  /** What is asked for beyond scopes (RFC 9396); missing: nothing. */
  readonly authorizationDetails?: readonly AuthorizationDetail[];
  readonly codeChallenge: string | null;
  /** RFC 7638 thumbprint of the key that redeems the code by DPoP (RFC 9449 10); missing: any may. */
  readonly dpopKeyThumbprint?: string;
  readonly nonce: string | null;
  readonly prompts: readonly Prompt[];
  readonly maxAgeSeconds: number | null;
  /** Strengths of sign-in of which one is needed (RFC 9470 5, OIDC Core 5.5.1.1), the most wanted first; missing: any will do. */
  readonly acr?: readonly string[];
  readonly loginHint: string | null;
  /** Languages that the client asks for, the most wanted first, with spaces; missing: none. */
  readonly uiLocales?: string;
  /** `sub` of the ID token hint, or requested in `claims`: the user must be that one. */
  readonly hintedSubject: string | null;
  readonly claims: ClaimsRequest | null;
}

/** The user at the browser, according to the session. */
export interface BrowserUser {
  readonly sessionId: string;
  readonly subjectId: string;
  /** The `sub` by which the client knows the user. */
  readonly subject: string;
  readonly authenticatedAt: Date;
  /** How they authenticated (RFC 8176). */
  readonly methods: readonly string[];
  /** How strong that is; `UNKNOWN_ACR` where nothing is known of it. */
  readonly acr: string;
  /** What `@Roles` asks for. */
  readonly roles: readonly string[];
}
