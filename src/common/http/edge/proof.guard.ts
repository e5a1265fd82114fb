import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { SessionProofs } from '../../grants/session-proofs.js';
import { header } from '../request/headers.js';
import { contextOf, type GuardedRequest } from '../request/request-context.js';
import { policyOf } from '../routes/auth-policy.js';

/** Checks the proof of a key that a request for tokens or a session brings (RFC 9449 5), before its route does anything. */
@Injectable()
export class ProofGuard implements CanActivate {
  constructor(private readonly proofs: SessionProofs) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    if (request.headers['dpop'] === undefined || isOfCredential(context, request)) return true;
    return this.proofs.foresee(request, contextOf(request)).then((): true => true);
  }
}

/** Whether the proof belongs to a credential (RFC 9449 7): whoever reads that verifies both, the guard of the route or a route that shows what there is. */
function isOfCredential(context: ExecutionContext, { headers, method }: GuardedRequest): boolean {
  const { isPublic } = policyOf(context.getHandler(), context.getClass());
  return header(headers, 'authorization') !== undefined && (!isPublic || method === 'GET');
}
