import {
  Inject,
  Injectable,
  Logger,
  Optional,
  type CanActivate,
  type ExecutionContext,
  type OnModuleInit,
} from '@nestjs/common';
import { AuthError } from '../errors/auth-error.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import { requestOf } from '../calls/request-of.js';
import {
  contextOf,
  type EdgeContext,
  type GuardedRequest,
  type OpenConnection,
} from '../http/request/request-context.js';
import { AuthContext } from '../ports/auth-context.js';
import { admissionOf, letIn, noteAdmission } from './admission.js';
import { policyOf, type AuthPolicy } from '../http/routes/auth-policy.js';
import { challenged } from './challenged.js';
import { GuardServices } from './guard-services.js';
import { identify } from './identify.js';
import type { PresentedCredential } from './presented-credential.js';
import { requireMet } from './requirements.js';
import { unsupportedContext } from './unsupported-context.js';

/**
 * Guards a route, a resolver, a gateway or a message handler: takes any of the accepted schemes, chosen by the presented credential, then
 * checks what the scheme, the scopes and the roles require. Sets `request.auth` (and `request.user`, as Passport does) of an HTTP request, for
 * the host to read. Stacked decorators apply it several times; it works once. Where a call of its kind carries no credential, only public and
 * optional handlers are open.
 *
 * A host may extend it and override `allows` and `refusal`. The constructor takes nothing, so that a subclass may inject what it needs; the
 * other methods are `#`, so that a subclass cannot replace them by accident.
 * @throws AuthError 400 two credentials, 401 none or a bad one, 403 lacking scope or role, 429 over a limit of the credential, 501 where
 * no credential can be read
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
export class AuthGuard implements CanActivate, OnModuleInit {
  /** Optional, so that a unit test of a guarded class needs nothing of ours: it compiles its module, and starts no application. */
  @Optional() @Inject(GuardServices) private readonly given: GuardServices | undefined;
  private readonly told = new Set<string>();

  /** @throws Error when nothing in the application tells how credentials are verified; stops the boot */
  onModuleInit(): void {
    this.#services();
  }

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
    if (!(error instanceof AuthError)) throw error;
    throw this.refusal(challenged(error, context, this.given), context) ?? error;
  }

  #enforce(context: ExecutionContext): boolean | Promise<boolean> {
    const policy = policyOf(context.getHandler(), context.getClass());
    if (policy.isPublic) return true;
    const request = requestOf(context);
    if (!request) return this.#enterWithoutRequest(context, policy);
    const requestContext = contextOf(request);
    if (requestContext.connection && !this.#attend(requestContext, requestContext.connection))
      return this.#enterWithoutRequest(context, policy);
    const admitted = admissionOf(requestContext, policy);
    // Another guard has let the caller in and spent what that costs; a subclass may require more than it did.
    const services = this.#services();
    if (admitted !== undefined) {
      // A guard of the host knows the principal, and not how `@CurrentUser()` finds the user.
      requestContext.load ??= services.load;
      return admitted === null || this.#ask(admitted, context);
    }
    requestContext.challenge = services.challengeOf(policy, request);
    const presented = services.presentedTo(policy, request);
    if (!presented && requestContext.hasCarrier === false && !policy.isOptional) throw this.#cannotTell(context);
    if (!presented) return enterAsStranger(policy, requestContext);
    const found = identify(presented, requestContext, services.connections);
    const entry = { context, policy, request, requestContext, presented };
    return found instanceof Promise
      ? found.then((principal) => this.#enter(principal, entry))
      : this.#enter(found, entry);
  }

  #enter(principal: AuthPrincipal | null, entry: Entry): boolean | Promise<boolean> {
    if (!principal) return enterAsStranger(entry.policy, entry.requestContext);
    const waiting = this.#admit(principal, entry);
    return waiting ? waiting.then(() => this.#letIn(principal, entry)) : this.#letIn(principal, entry);
  }

  #letIn(principal: AuthPrincipal, entry: Entry): true {
    const { policy, request, requestContext } = entry;
    letIn(request, requestContext, policy, principal);
    requestContext.load = this.#services().load;
    if (requestContext.connection) this.#keep(principal, requestContext.connection, entry);
    return true;
  }

  /** Before anything is verified: what that reads of the call is in its context. @returns whether such calls are served here */
  #attend(requestContext: EdgeContext, connection: OpenConnection): boolean {
    const { connections } = this.#services();
    if (!connections) return false;
    AuthContext.enter(requestContext);
    connections.attend(requestContext, connection);
    return true;
  }

  /** The host is not asked again: what it decides may hang on the one call. */
  #keep(principal: AuthPrincipal, connection: OpenConnection, { policy, requestContext, presented }: Entry): void {
    const { authenticator, credential } = presented;
    const verify = async () => {
      const again = await authenticator.authenticate(credential, requestContext);
      requireMet(again, policy, authenticator, this.#services());
      return again;
    };
    this.#services().connections?.keep(principal, policy, { context: requestContext, connection, verify });
  }

  /** The checks of scheme, scopes and host come first, so that a request that they refuse spends nothing. */
  #admit(principal: AuthPrincipal, { presented, policy, context, requestContext }: Entry): Promise<void> | void {
    const { authenticator } = presented;
    requireMet(principal, policy, authenticator, this.#services());
    const asked = this.#ask(principal, context);
    return asked === true
      ? authenticator.admit?.(principal, requestContext)
      : asked.then(() => authenticator.admit?.(principal, requestContext));
  }

  #ask(principal: AuthPrincipal, context: ExecutionContext): true | Promise<true> {
    const answer = this.allows(principal, context);
    return answer === true ? answer : Promise.resolve(answer).then(requireYes);
  }

  /** A message or a socket carries no credential that we can read: a handler that requires one refuses its sender. */
  #enterWithoutRequest(context: ExecutionContext, policy: AuthPolicy): boolean {
    if (policy.isOptional) return true;
    throw this.#cannotTell(context);
  }

  #cannotTell(context: ExecutionContext): AuthError {
    const error = unsupportedContext(context.getType<string>());
    if (!this.told.has(error.description)) new Logger('AuthGuard').warn(error.description);
    this.told.add(error.description);
    return error;
  }

  #services(): GuardServices {
    if (this.given) return this.given;
    throw new Error(
      'AuthGuard: nothing here verifies credentials. Import AuthModule.forRoot() or ResourceServerModule.forRoot() in the root module; in a test, AuthTestingModule.forRoot().',
    );
  }
}

/** A credential that was presented, and the route. */
interface Entry {
  readonly context: ExecutionContext;
  readonly policy: AuthPolicy;
  readonly request: GuardedRequest;
  readonly requestContext: EdgeContext;
  readonly presented: PresentedCredential;
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
