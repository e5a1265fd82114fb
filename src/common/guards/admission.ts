import type { ExecutionContext } from '@nestjs/common';
import { requestOf } from '../calls/request-of.js';
import { contextOf, type EdgeContext, type GuardedRequest } from '../http/request/request-context.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import { policyOf, type AuthPolicy } from '../http/routes/auth-policy.js';

/**
 * Lets a principal in for one policy. `request.auth` and `request.user` are for the host to read. We never read them, since middleware,
 * other libraries and, outside HTTP, the sender can write them too.
 */
export function letIn(
  request: GuardedRequest,
  requestContext: EdgeContext,
  policy: AuthPolicy,
  principal: AuthPrincipal,
): void {
  noteAdmission(requestContext, policy, principal);
  requestContext.principal = principal;
  const forHost = request as { auth?: AuthPrincipal; user?: AuthPrincipal };
  try {
    forHost.auth = principal;
    forHost.user = principal;
  } catch {
    // The host has made one of them read-only: each is set where that can be done.
    Reflect.set(request, 'user', principal);
  }
}

/** @param principal null: let in without a credential */
export function noteAdmission(requestContext: EdgeContext, policy: AuthPolicy, principal: AuthPrincipal | null): void {
  requestContext.admitted = { policy, principal, before: requestContext.admitted };
}

/** @returns undefined: this policy was not enforced yet; null: the caller was let in without a credential */
export function admissionOf({ admitted }: EdgeContext, policy: AuthPolicy): AuthPrincipal | null | undefined {
  for (let one = admitted; one; one = one.before) if (one.policy === policy) return one.principal;
  return undefined;
}

/** The principal that a guard has let in to this handler; null without one. */
export function principalOf(context: ExecutionContext): AuthPrincipal | null {
  const request = requestOf(context);
  return (request && admissionOf(contextOf(request), policyOf(context.getHandler(), context.getClass()))) ?? null;
}

/**
 * Lets a principal in from a guard of the host, or from one that replaces `AuthGuard` in a test (`overrideGuard`); make it with
 * `createPrincipal`. What is written to `request.auth` by hand does not count as an identity.
 * @throws Error where `AuthGuard` finds no request behind the call (`CONTEXT_NOT_SUPPORTED`)
 *
 * @example
 * class MeshGuard implements CanActivate {
 *   canActivate(context: ExecutionContext) {
 *     const credential = { scheme: 'mesh', credentialType: 'certificate', credentialId: 'a-serial' };
 *     putPrincipal(context, createPrincipal({ kind: 'client', subjectId: 'billing', ...credential }));
 *     return true;
 *   }
 * }
 */
export function putPrincipal(context: ExecutionContext, principal: AuthPrincipal): void {
  const request = requestOf(context);
  if (!request)
    throw new Error('putPrincipal: no request of a caller is behind this call, so there is nobody to let in.');
  letIn(request, contextOf(request), policyOf(context.getHandler(), context.getClass()), principal);
}
