import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthError } from '../errors/auth-error.js';
import { HostPorts } from '../host/port.js';
import { CORE_SETTINGS, type CoreSettings } from '../options/core-options.js';
import { isSubset } from '../principal/scopes.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import { type GuardedRequest, scopeOf } from '../http/request-scope.js';
import type { Registry } from '../registry.js';
import { policyOf, type AuthPolicy } from './auth-policy.js';
import type { Authenticator } from './authenticator.js';
import { presentedCredential, type PresentedCredential } from './presented-credential.js';

export const AUTHENTICATORS = Symbol('nest-authority:authenticators');

/**
 * Guards a route: any of the accepted schemes, decided by the presented credential; then what the scheme and the scopes ask.
 * Sets `request.auth` (and `request.user`, as Passport does). Stacked decorators apply it several times; it works once.
 * @throws AuthError 400 two credentials, 401 none or a bad one, 403 lacking scope, 429 over a limit of the credential
 */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly loadUser = (subjectId: string) => this.ports.users.get().find(subjectId);

  constructor(
    private readonly ports: HostPorts,
    @Inject(AUTHENTICATORS) private readonly authenticators: Registry<Authenticator>,
    @Inject(CORE_SETTINGS) private readonly settings: CoreSettings,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = policyOf(context.getHandler(), context.getClass());
    if (policy.isPublic) return true;
    const request = requestOf(context);
    const scope = scopeOf(request);
    if (scope.guardedBy === policy) return true;
    scope.challenge = { schemes: this.challengesOf(policy), realm: this.settings.issuerUrl.host };
    const principal = await this.identify(request, policy);
    if (principal) {
      request.auth = principal;
      request.user = principal;
      scope.principal = principal;
      scope.loadUser = this.loadUser;
    }
    scope.guardedBy = policy;
    return true;
  }

  private async identify(request: GuardedRequest, policy: AuthPolicy): Promise<AuthPrincipal | null> {
    const presented = presentedCredential(
      request.headers,
      request.raw?.rawHeaders ?? request.rawHeaders,
      this.authenticators.values(),
    );
    // A cookie that this route does not take is not a credential here: browsers send it everywhere.
    const counted =
      presented?.authenticator.carrier === 'cookie' && !policy.schemes.has(presented.authenticator.scheme)
        ? null
        : presented;
    const principal = counted && (await this.authenticate(counted, request, policy));
    if (principal || policy.isOptional) return principal;
    throw AuthError.unauthenticated();
  }

  private async authenticate(
    presented: PresentedCredential,
    request: GuardedRequest,
    policy: AuthPolicy,
  ): Promise<AuthPrincipal | null> {
    const { authenticator, credential } = presented;
    if (!policy.schemes.has(authenticator.scheme))
      throw AuthError.invalidToken(`this route does not take ${authenticator.scheme}`);
    try {
      const principal = await authenticator.authenticate(credential, {
        headers: request.headers,
        address: scopeOf(request).address,
      });
      authenticator.authorize?.(principal, policy.schemes.get(authenticator.scheme));
      requireScopes(principal, policy);
      await authenticator.admit?.(principal);
      return principal;
    } catch (error) {
      // A bad cookie is no identity and no error: the browser sends it whether the user means it or not.
      if (authenticator.carrier === 'cookie' && error instanceof AuthError && error.status === 401) return null;
      throw error;
    }
  }

  private challengesOf(policy: AuthPolicy): string[] {
    const accepted = [...policy.schemes.keys()].flatMap((scheme) => this.authenticators.get(scheme) ?? []);
    const inHeaders = accepted.filter(({ carrier }) => carrier === 'header');
    // A cookie is no HTTP authentication scheme; it is named only where nothing else is taken. A route whose schemes nobody
    // registered fails closed, and RFC 9110 15.5.2 still wants a challenge.
    const named = inHeaders.length > 0 ? inHeaders : accepted;
    return named.length > 0 ? named.map(({ challenge }) => challenge) : ['Bearer'];
  }
}

function requireScopes(principal: AuthPrincipal, policy: AuthPolicy): void {
  if (!isSubset(policy.scopes, principal.scopes)) throw AuthError.insufficientScope(policy.scopes);
  for (const group of policy.anyScope) {
    if (!group.some((scope) => principal.scopes.has(scope))) throw AuthError.insufficientScope(group);
  }
}

function requestOf(context: ExecutionContext): GuardedRequest {
  if (context.getType<string>() === 'graphql') return context.getArgByIndex<{ req: GuardedRequest }>(2).req;
  return context.switchToHttp().getRequest<GuardedRequest>();
}
