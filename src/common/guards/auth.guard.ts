import { Inject, Injectable, Logger, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthError } from '../errors/auth-error.js';
import type { ChallengeContext } from '../errors/render-challenge.js';
import { Extensions } from '../extensions.js';
import { HostPorts } from '../ports/port.js';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';
import { isSubset } from '../principal/scopes.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import {
  requestOf,
  contextOf,
  type EdgeContext,
  type GuardedRequest,
  type PrincipalLoaders,
} from '../http/request/request-context.js';
import { admissionOf, letIn, noteAdmission } from './admission.js';
import { policyOf, type AuthPolicy } from '../http/routes/auth-policy.js';
import type { Authenticator } from './authenticator.js';
import { presentedCredential, type PresentedCredential } from './presented-credential.js';

/**
 * Guards a route: takes any of the accepted schemes, chosen by the presented credential, then checks what the scheme and the scopes
 * require. Sets `request.auth` (and `request.user`, as Passport does), for the host to read. Stacked decorators apply it several times; it
 * works once. Outside HTTP requests (messages, sockets, subscriptions) it lets callers in only to public and optional handlers.
 *
 * A host may extend it and override `allows` and `refusal`. The constructor takes nothing, so that a subclass may inject what it needs; the
 * other methods are `#`, so that a subclass cannot replace them by accident.
 * @throws AuthError 400 two credentials, 401 none or a bad one, 403 lacking scope, 429 over a limit of the credential
 *
 * @example
 * const providers = [{ provide: APP_GUARD, useExisting: AuthGuard }]; // every route, unless it is public
 *
 * @example
 * class TenantGuard extends AuthGuard {
 *   constructor(@Inject(Tenants) private readonly tenants: Tenants) {
 *     super();
 *   }
 *
 *   protected override allows(principal: AuthPrincipal, context: ExecutionContext): Promise<boolean> {
 *     const { params } = context.switchToHttp().getRequest<{ params: { tenant: string } }>();
 *     return this.tenants.has(params.tenant, principal.subjectId);
 *   }
 * }
 */
@Injectable()
export class AuthGuard implements CanActivate {
  @Inject(HostPorts) private readonly ports!: HostPorts;
  @Inject(Extensions) private readonly extensions!: Extensions;
  @Inject(CORE_SETTINGS) private readonly settings!: CoreSettings;
  private readonly told = new Set<string>();
  private readonly challenges = new WeakMap<AuthPolicy, ChallengeContext>();
  private readonly load: PrincipalLoaders = {
    user: (subjectId) => this.ports.users.get().find(subjectId),
    client: async (clientId) =>
      this.ports.authorizationServer.filled ? this.ports.authorizationServer.get().findClient(clientId) : null,
  };

  /** Synchronous when the credential is in memory: on the hot path even a settled promise is measurable. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    try {
      const entry = this.#enforce(context);
      return typeof entry === 'boolean' ? entry : entry.catch((error: unknown) => this.#refuse(error, context));
    } catch (error) {
      return this.#refuse(error, context);
    }
  }

  /**
   * Whether a principal who meets all that the route requires may enter: for what only the host knows, such as the tenant of an address.
   * Not called without a principal: only public and optional routes let such callers in. Called each time the guard stands on the route;
   * the first call comes before anything is counted or spent.
   * @returns true; anything else, also undefined, is 403 `FORBIDDEN`. An error that it throws is the answer instead.
   */
  protected allows(_principal: AuthPrincipal, _context: ExecutionContext): boolean | Promise<boolean> {
    return true;
  }

  /**
   * The error that is thrown in place of this guard's refusal, e.g. one that the host's own filter renders. It never lets the caller in.
   * @param error its `status`, `code` and `description` are what the caller would be told; `detail` is for the log alone
   */
  protected refusal(error: AuthError, _context: ExecutionContext): Error {
    return error;
  }

  #refuse(error: unknown, context: ExecutionContext): never {
    throw error instanceof AuthError ? (this.refusal(error, context) ?? error) : error;
  }

  #enforce(context: ExecutionContext): boolean | Promise<boolean> {
    const policy = policyOf(context.getHandler(), context.getClass());
    if (policy.isPublic) return true;
    const request = requestOf(context);
    if (!request) return this.#enterWithoutRequest(context, policy);
    const requestContext = contextOf(request);
    const admitted = admissionOf(requestContext, policy);
    // Another guard has let the caller in and spent what that costs; a subclass may require more than it did.
    if (admitted !== undefined) {
      // A guard of the host knows the principal, and not how `@CurrentUser()` finds the user.
      requestContext.load ??= this.load;
      return admitted === null || this.#ask(admitted, context);
    }
    requestContext.challenge = this.#challengeOf(policy);
    const presented = this.#presentedTo(policy, request);
    if (!presented) return enterAsStranger(policy, requestContext);
    const found = identify(presented, requestContext);
    const entry = { context, policy, request, requestContext, authenticator: presented.authenticator };
    return found instanceof Promise
      ? found.then((principal) => this.#enter(principal, entry))
      : this.#enter(found, entry);
  }

  #presentedTo(policy: AuthPolicy, request: GuardedRequest): PresentedCredential | null {
    const rawHeaders = request.raw?.rawHeaders ?? request.rawHeaders;
    const presented = presentedCredential(request.headers, rawHeaders, this.extensions.authenticators);
    if (!presented || policy.schemes.has(presented.authenticator.scheme)) return presented;
    // Browsers send cookies everywhere: one that this route does not take is not a credential here.
    if (presented.authenticator.carrier === 'cookie') return null;
    throw AuthError.invalidToken(`this route does not take ${presented.authenticator.scheme}`);
  }

  #enter(principal: AuthPrincipal | null, entry: Entry): boolean | Promise<boolean> {
    if (!principal) return enterAsStranger(entry.policy, entry.requestContext);
    const waiting = this.#admit(principal, entry);
    return waiting ? waiting.then(() => this.#letIn(principal, entry)) : this.#letIn(principal, entry);
  }

  #letIn(principal: AuthPrincipal, { policy, request, requestContext }: Entry): true {
    letIn(request, requestContext, policy, principal);
    requestContext.load = this.load;
    return true;
  }

  /** The checks of scheme, scopes and host come first, so that a request that they refuse spends nothing. */
  #admit(principal: AuthPrincipal, { authenticator, policy, context }: Entry): Promise<void> | void {
    authenticator.authorize?.(principal, policy.schemes.get(authenticator.scheme));
    requireScopes(principal, policy);
    const asked = this.#ask(principal, context);
    return asked === true ? authenticator.admit?.(principal) : asked.then(() => authenticator.admit?.(principal));
  }

  #ask(principal: AuthPrincipal, context: ExecutionContext): true | Promise<true> {
    const answer = this.allows(principal, context);
    return answer === true ? answer : Promise.resolve(answer).then(requireYes);
  }

  /** A message or a socket carries no credential that we can read: a handler that requires one refuses its sender. */
  #enterWithoutRequest(context: ExecutionContext, policy: AuthPolicy): boolean {
    if (policy.isOptional) return true;
    const error = unsupportedContext(context.getType<string>());
    if (!this.told.has(error.description)) new Logger('AuthGuard').warn(error.description);
    this.told.add(error.description);
    throw error;
  }

  #challengeOf(policy: AuthPolicy): ChallengeContext {
    const known = this.challenges.get(policy);
    if (known) return known;
    const challenge = { schemes: this.#challengesOf(policy), realm: this.settings.issuerUrl.host };
    this.challenges.set(policy, challenge);
    return challenge;
  }

  #challengesOf(policy: AuthPolicy): string[] {
    const { authenticators } = this.extensions;
    const accepted = [...policy.schemes.keys()].flatMap((name) =>
      authenticators.filter(({ scheme }) => scheme === name),
    );
    const inHeaders = accepted.filter(({ carrier }) => carrier === 'header');
    // A cookie is not an HTTP authentication scheme; it is named only where nothing else is taken. A route whose schemes are not registered
    // fails closed, and RFC 9110 15.5.2 still requires a challenge.
    const named = inHeaders.length > 0 ? inHeaders : accepted;
    return named.length > 0 ? named.map(({ challenge }) => challenge) : ['Bearer'];
  }
}

/** A credential that was presented, and the route. */
interface Entry {
  readonly context: ExecutionContext;
  readonly policy: AuthPolicy;
  readonly request: GuardedRequest;
  readonly requestContext: EdgeContext;
  readonly authenticator: Authenticator;
}

/** @returns null for a bad cookie, which counts as no credential: browsers send cookies even when the user does not mean to */
function identify(
  { authenticator, credential }: PresentedCredential,
  requestContext: EdgeContext,
): AuthPrincipal | null | Promise<AuthPrincipal | null> {
  const found = authenticator.authenticate(credential, requestContext);
  if (authenticator.carrier !== 'cookie' || !(found instanceof Promise)) return found;
  return found.catch((error: unknown) => {
    if (error instanceof AuthError && error.status === 401) return null;
    throw error;
  });
}

function enterAsStranger(policy: AuthPolicy, requestContext: EdgeContext): boolean {
  if (!policy.isOptional) throw AuthError.unauthenticated();
  noteAdmission(requestContext, policy, null);
  return true;
}

function requireYes(answer: boolean): true {
  if (answer === true) return answer;
  throw AuthError.forbidden('FORBIDDEN', 'Forbidden', 'allows() of the host refused');
}

function unsupportedContext(type: string): AuthError {
  return new AuthError({
    status: 501,
    code: 'CONTEXT_NOT_SUPPORTED',
    error: 'server_error',
    description: `A guarded handler was called outside an HTTP request (${type}), where no credential can be read`,
  });
}

function requireScopes(principal: AuthPrincipal, policy: AuthPolicy): void {
  if (!isSubset(policy.scopes, principal.scopes)) throw AuthError.insufficientScope(policy.scopes);
  for (const group of policy.anyScope) {
    if (!group.some((scope) => principal.scopes.has(scope))) throw AuthError.insufficientScope(group);
  }
}
