import { Inject, Injectable, Logger, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthError } from '../errors/auth-error.js';
import type { ChallengeContext } from '../errors/render-challenge.js';
import { Extensions } from '../extensions.js';
import { HostPorts } from '../host/port.js';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';
import { isSubset } from '../principal/scopes.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import {
  requestOf,
  scopeOf,
  type EdgeScope,
  type GuardedRequest,
  type PrincipalLoaders,
} from '../http/request-scope.js';
import { letIn } from './admission.js';
import { policyOf, type AuthPolicy } from './auth-policy.js';
import type { Authenticator } from './authenticator.js';
import { presentedCredential, type PresentedCredential } from './presented-credential.js';

/**
 * Guards a route: any of the accepted schemes, decided by the presented credential; then what the scheme and the scopes ask.
 * Sets `request.auth` (and `request.user`, as Passport does), for the host to read. Stacked decorators apply it several times; it works once.
 * In a context that is no HTTP request (messages, sockets, subscriptions) only public and optional handlers let anybody in.
 * @throws AuthError 400 two credentials, 401 none or a bad one, 403 lacking scope, 429 over a limit of the credential
 *
 * @example
 * const providers = [{ provide: APP_GUARD, useExisting: AuthGuard }]; // every route, unless it is public
 */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly logger = new Logger('AuthGuard');
  private readonly told = new Set<string>();
  private readonly challenges = new WeakMap<AuthPolicy, ChallengeContext>();
  private readonly load: PrincipalLoaders = {
    user: (subjectId) => this.ports.users.get().find(subjectId),
    client: async (clientId) =>
      this.ports.authorizationServer.filled ? this.ports.authorizationServer.get().findClient(clientId) : null,
  };

  constructor(
    private readonly ports: HostPorts,
    private readonly extensions: Extensions,
    @Inject(CORE_SETTINGS) private readonly settings: CoreSettings,
  ) {}

  /** Answers at once when the credential is in memory: on the hot path even a settled promise is measurable. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const policy = policyOf(context.getHandler(), context.getClass());
    if (policy.isPublic) return true;
    const request = requestOf(context);
    if (!request) return this.enterWithoutRequest(context, policy);
    const scope = scopeOf(request);
    if (scope.admitted?.has(policy)) return true;
    scope.challenge = this.challengeOf(policy);
    const presented = this.presentedTo(policy, request);
    if (!presented) return this.enter(null, policy, request, scope);
    const { authenticator, credential } = presented;
    const known = authenticator.recall?.(credential);
    if (known) {
      const spending = this.admit(known, authenticator, policy);
      return spending
        ? spending.then(() => this.enter(known, policy, request, scope))
        : this.enter(known, policy, request, scope);
    }
    return this.authenticate(authenticator, credential, policy, scope).then((principal) =>
      this.enter(principal, policy, request, scope),
    );
  }

  private presentedTo(policy: AuthPolicy, request: GuardedRequest): PresentedCredential | null {
    const rawHeaders = request.raw?.rawHeaders ?? request.rawHeaders;
    const presented = presentedCredential(request.headers, rawHeaders, this.extensions.authenticators);
    if (!presented || policy.schemes.has(presented.authenticator.scheme)) return presented;
    // A cookie that this route does not take is not a credential here: browsers send it everywhere.
    if (presented.authenticator.carrier === 'cookie') return null;
    throw AuthError.invalidToken(`this route does not take ${presented.authenticator.scheme}`);
  }

  private async authenticate(
    authenticator: Authenticator,
    credential: string,
    policy: AuthPolicy,
    scope: EdgeScope,
  ): Promise<AuthPrincipal | null> {
    try {
      const principal = await authenticator.authenticate(credential, scope);
      await this.admit(principal, authenticator, policy);
      return principal;
    } catch (error) {
      // A bad cookie is no identity and no error: the browser sends it whether the user means it or not.
      if (authenticator.carrier === 'cookie' && error instanceof AuthError && error.status === 401) return null;
      throw error;
    }
  }

  /** What the scheme and the scopes ask comes first, so that a request that is refused for them spends nothing. */
  private admit(principal: AuthPrincipal, authenticator: Authenticator, policy: AuthPolicy): Promise<void> | void {
    authenticator.authorize?.(principal, policy.schemes.get(authenticator.scheme));
    requireScopes(principal, policy);
    return authenticator.admit?.(principal);
  }

  private enter(
    principal: AuthPrincipal | null,
    policy: AuthPolicy,
    request: GuardedRequest,
    scope: EdgeScope,
  ): boolean {
    if (!principal && !policy.isOptional) throw AuthError.unauthenticated();
    if (principal) {
      letIn(request, scope, policy, principal);
      scope.load = this.load;
    } else {
      (scope.admitted ??= new Map()).set(policy, null);
    }
    return true;
  }

  /** A message or a socket brings no credential that we can read: where one is asked for, its sender is told so. */
  private enterWithoutRequest(context: ExecutionContext, policy: AuthPolicy): boolean {
    if (policy.isOptional) return true;
    const error = unsupportedContext(context.getType<string>());
    if (!this.told.has(error.description)) this.logger.warn(error.description);
    this.told.add(error.description);
    throw error;
  }

  private challengeOf(policy: AuthPolicy): ChallengeContext {
    const known = this.challenges.get(policy);
    if (known) return known;
    const challenge = { schemes: this.challengesOf(policy), realm: this.settings.issuerUrl.host };
    this.challenges.set(policy, challenge);
    return challenge;
  }

  private challengesOf(policy: AuthPolicy): string[] {
    const { authenticators } = this.extensions;
    const accepted = [...policy.schemes.keys()].flatMap((name) =>
      authenticators.filter(({ scheme }) => scheme === name),
    );
    const inHeaders = accepted.filter(({ carrier }) => carrier === 'header');
    // A cookie is no HTTP authentication scheme; it is named only where nothing else is taken. A route whose schemes nobody
    // registered fails closed, and RFC 9110 15.5.2 still wants a challenge.
    const named = inHeaders.length > 0 ? inHeaders : accepted;
    return named.length > 0 ? named.map(({ challenge }) => challenge) : ['Bearer'];
  }
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
