import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthError } from '../../errors/auth-error.js';
import { header } from '../request/headers.js';
import type { GuardedRequest } from '../request/request-context.js';
import { TrustedOrigins } from './trusted-origins.js';

/**
 * For a GET that changes something: opening a user code ties it to the user, asking for a one-time token makes one. Another site can send a
 * browser here with links and images, and must not cause that for its user.
 */
@Injectable()
export class OwnSiteGuard implements CanActivate {
  constructor(private readonly origins: TrustedOrigins) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers } = context.switchToHttp().getRequest<GuardedRequest>();
    if (header(headers, 'sec-fetch-site') !== 'cross-site') return true;
    if (await this.origins.trusts(header(headers, 'origin') ?? 'null')) return true;
    throw AuthError.forbidden('INVALID_ORIGIN', 'Invalid origin', 'the request came from another site');
  }
}
