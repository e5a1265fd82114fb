import type { IncomingMessage } from 'node:http';
import type { ClientCertificate } from '../certificates/client-certificate.js';
import type { AnswerCookies } from '../ports/auth-context.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import type { HeaderBag } from '../http/request/headers.js';

/** What an authenticator may use besides the credential. */
export interface AuthenticationRequest {
  readonly headers: HeaderBag;
  /** Address of the client, as far as trusted proxies tell; null when it cannot be known. Computed on demand. */
  address(): string | null;
  /** The certificate of the connection; null: none. Absent where none can be told. @throws AuthError 400 for a malformed one */
  certificate?(): ClientCertificate | null;
  /** Node's own; absent for what is no HTTP request. */
  readonly request?: IncomingMessage;
  /** Set where the call came over a connection that stays open, or as a message. */
  readonly connection?: object;
  readonly call?: object;
  /** Absent when nothing can be added to the answer. */
  readonly cookies?: AnswerCookies;
}

/** One way to prove identity on a request. Capabilities add theirs through their extension. */
export interface Authenticator {
  /** Name in `@Auth(…)`: `bearer`, `apiKey`, `session`. */
  readonly scheme: string;
  /** Name in `WWW-Authenticate` (RFC 9110 11.1), e.g. `Bearer`; with the carrier `header` also taken in `Authorization`. */
  readonly challenge: string;
  /** Further names of its scheme in `Authorization`. */
  readonly alsoNamed?: readonly string[];
  /**
   * The schemes that it is offered under, the first to be read first. Default: `challenge`.
   * @param requirement of the route
   * @param tried the caller presented a credential under `alsoNamed`
   */
  challengesFor?(requirement: unknown, tried: boolean): Readonly<Record<string, string | null>>;
  /** The header of its own that it reads; shown in the API document. */
  readonly headerName?: string;
  /** `header`: counts as a credential of its own. `cookie`: a credential in a header wins over it, and a bad one counts as none. */
  readonly carrier: 'header' | 'cookie';
  /** The credential in a carrier of its own (`x-api-key`, a cookie); undefined when there is none. */
  present(headers: HeaderBag): string | undefined;
  /** Whether the value of `Authorization: Bearer` has the shape of this scheme. Absent: never. */
  claims?(bearerValue: string): boolean;
  /**
   * Synchronous when the credential was verified a moment ago and the database is not needed (ADR 6).
   * @throws AuthError when the credential is not good; the reason is in `detail`
   */
  authenticate(credential: string, request: AuthenticationRequest): AuthPrincipal | Promise<AuthPrincipal>;
  /** Checks what a decorator requires beyond scopes, e.g. permissions or audience. @throws AuthError 403 or 401 */
  authorize?(principal: AuthPrincipal, requirement: unknown): void;
  /**
   * Called last, after all checks: counts the request and spends what limits the credential, so that a refused request spends nothing. A
   * request counts once, however often its credential is verified. @throws AuthError 429, 401
   * @param request what counts once: the context of the request, or of the message, subscription … that has one of its own
   */
  admit?(principal: AuthPrincipal, request?: object): Promise<void> | void;
}
