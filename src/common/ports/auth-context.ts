import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import { HostPorts } from './port.js';
import type { CurrentSession, RequestHeaders, SessionView } from './sessions.js';
import type { HostUser } from './user-directory.js';

/** `Set-Cookie` lines that go with the answer to a request, whoever writes it. */
export interface AnswerCookies {
  /** Whether the headers have not been sent yet. */
  readonly isOpen: boolean;
  /** Complete lines. One for a cookie that the answer sets or clears by itself is left out. */
  add(lines: readonly string[]): void;
}

/** What one request knows of its caller. The guard fills `principal`. */
export interface RequestContext {
  readonly headers: RequestHeaders;
  /** Address of the client as far as trusted proxies tell; null when it cannot be known. Computed when asked for. */
  readonly address: () => string | null;
  principal: AuthPrincipal | null;
  /** Absent where the answer can carry no cookie. */
  readonly cookies?: AnswerCookies;
  /** Loaded once per request, on demand. */
  current?: Promise<CurrentSession | null>;
}

/**
 * Session, user and principal of the request being served, anywhere in host code: inject it into any service.
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

  /** Runs `next` with this context as that of the current request. For the HTTP layer. */
  static run<T>(requestContext: RequestContext, next: () => T): T {
    return AuthContext.storage.run(requestContext, next);
  }

  static get requestContext(): RequestContext | undefined {
    return AuthContext.storage.getStore();
  }

  /** The identity a guard found; null on routes without one. */
  get principal(): AuthPrincipal | null {
    return AuthContext.requestContext?.principal ?? null;
  }

  async session(): Promise<SessionView | null> {
    return (await this.current())?.session ?? null;
  }

  /** The user behind the principal or the session; null for clients and strangers. */
  async user(): Promise<HostUser | null> {
    const principal = this.principal;
    if (principal) return principal.kind === 'user' ? this.ports.users.get().find(principal.subjectId) : null;
    return (await this.current())?.user ?? null;
  }

  /** Works on unguarded routes as well: the credential is looked at when first asked for. */
  async current(): Promise<CurrentSession | null> {
    const requestContext = AuthContext.requestContext;
    if (!requestContext) return null;
    requestContext.current ??= this.ports.sessions.get().current(requestContext.headers);
    return requestContext.current;
  }
}
