import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { ClientCertificate } from '../certificates/client-certificate.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import type { PrincipalLoaders } from './loaders.js';
import { HostPorts } from './port.js';
import type { CurrentSession, RequestHeaders, SessionView } from './sessions.js';
import type { HostUser } from './user-directory.js';

/** What is added to the reply of a request, even when the host writes the reply: `Set-Cookie` lines, and other headers. */
export interface AnswerCookies {
  /** Whether the headers have not been sent yet. */
  readonly isOpen: boolean;
  /** Adds complete lines, except for cookies that the reply itself sets or clears. */
  add(lines: readonly string[]): void;
  /** Sets another header; without effect once they are sent. */
  tell(name: string, value: string): void;
}

/** What is known of the caller of one request. The guard sets `principal`. */
export interface RequestContext {
  readonly headers: RequestHeaders;
  /** IP address of the caller, as far as trusted proxies tell it; null when it cannot be known. Computed on demand. */
  readonly address: () => string | null;
  /** BCP 47 tag of the language that the caller reads; null: not told. Computed on demand; absent where no page could be sent. */
  readonly language?: () => string | null;
  /**
   * The certificate that the caller has opened their connection by (RFC 8705); null: none. Computed on demand; absent where none can be told.
   * @throws AuthError 400 `invalid_request` when the proxy's header is malformed
   */
  readonly certificate?: () => ClientCertificate | null;
  principal: AuthPrincipal | null;
  /** Set by the guard with the principal. */
  load?: PrincipalLoaders;
  /** Absent when the reply cannot carry cookies. */
  readonly cookies?: AnswerCookies;
  /** Loaded once per request, on demand. */
  current?: Promise<CurrentSession | null>;
}

/**
 * Session, user and principal of the current request, for any code of the host: inject it into any service.
 * Outside a request everything is null.
 *
 * @example
 * class AuditLog {
 *   constructor(private readonly auth: AuthContext) {}
 *   async write(action: string) {
 *     logger.log({ action, by: this.auth.principal?.credentialId, email: (await this.auth.user())?.email });
 *   }
 * }
 */
@Injectable()
export class AuthContext {
  private static readonly storage = new AsyncLocalStorage<RequestContext>();

  constructor(private readonly ports: HostPorts) {}

  /** Runs `next` with this context of the current request. For the HTTP layer. */
  static run<T>(requestContext: RequestContext, next: () => T): T {
    return AuthContext.storage.run(requestContext, next);
  }

  /**
   * From here on, in this call and in what it waits for, this is the context: for calls that none of our code surrounds. Only before the
   * caller waits for the first time.
   */
  static enter(requestContext: RequestContext): void {
    AuthContext.storage.enterWith(requestContext);
  }

  static get requestContext(): RequestContext | undefined {
    return AuthContext.storage.getStore();
  }

  /** The identity that the guard found; null on routes without a guard. */
  get principal(): AuthPrincipal | null {
    return AuthContext.requestContext?.principal ?? null;
  }

  async session(): Promise<SessionView | null> {
    return (await this.current())?.session ?? null;
  }

  /** The user behind the principal or the session; null for a client, or without a valid credential. */
  async user(): Promise<HostUser | null> {
    const { principal = null, load } = AuthContext.requestContext ?? {};
    if (principal?.kind === 'user')
      return load ? load.user(principal) : this.ports.users.get().find(principal.subjectId);
    if (principal) return null;
    return (await this.current())?.user ?? null;
  }

  /** Works on unguarded routes too: the credential is checked on the first call. */
  async current(): Promise<CurrentSession | null> {
    const requestContext = AuthContext.requestContext;
    if (!requestContext) return null;
    // A server that only verifies tokens of others keeps no sessions.
    if (!this.ports.sessions.filled) return null;
    requestContext.current ??= this.ports.sessions.get().current(requestContext.headers);
    return requestContext.current;
  }
}
